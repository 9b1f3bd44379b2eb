import { useMemo } from "react";
import type { Animal } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { AnimalBubble, LiveAnimalBubble, TypingIndicator, UserBubble } from "./Bubbles";
import { TurnFailure } from "./TurnFailure";
import type { Conversation } from "./conversation";
import { answerOf, isOpen, type Turn } from "./turn";

type Props = { animal: Animal; conversation: Conversation; onRetry: (turn: Turn) => void };

export function MessageList({ animal, conversation, onRetry }: Props) {
  return (
    <ol
      aria-label={m.chat_conversation({ name: animal.name })}
      className="flex flex-col gap-4 py-5"
    >
      <li>
        <AnimalBubble animal={animal} text={animal.greeting} />
      </li>
      <Past animal={animal} messages={conversation.past} />
      {conversation.turns.map((turn, index) => (
        <TurnView
          key={turn.key}
          animal={animal}
          turn={turn}
          // Asking an older question again would put its answer in the wrong place.
          onRetry={index === conversation.turns.length - 1 ? onRetry : undefined}
        />
      ))}
    </ol>
  );
}

function Past({ animal, messages }: { animal: Animal; messages: Conversation["past"] }) {
  const { locale } = useLocale();
  // Stored messages do not change; parsing them again on every word of a new one would be waste.
  return useMemo(
    () =>
      messages.map((message) => (
        <li key={message.messageId}>
          {message.sender === "user" ? (
            <UserBubble text={message.content} />
          ) : (
            <AnimalBubble animal={animal} text={message.content} />
          )}
        </li>
      )),
    // The language too: each bubble says, for screen readers, who spoke.
    [animal, messages, locale],
  );
}

type TurnViewProps = { animal: Animal; turn: Turn; onRetry: ((turn: Turn) => void) | undefined };

function TurnView({ animal, turn, onRetry }: TurnViewProps) {
  const answer = answerOf(turn);
  return (
    <>
      <li>
        <UserBubble text={turn.question} fresh />
      </li>
      {answer !== "" && (
        <li>
          <LiveAnimalBubble key={turn.turnId} animal={animal} text={answer} open={isOpen(turn)} />
        </li>
      )}
      {turn.phase === "waiting" && (
        <li>
          <TypingIndicator animal={animal} />
        </li>
      )}
      {turn.failure && (
        <li>
          <TurnFailure
            animal={animal}
            failure={turn.failure}
            onRetry={onRetry && (() => onRetry(turn))}
          />
        </li>
      )}
    </>
  );
}
