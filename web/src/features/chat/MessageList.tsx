import { useMemo, useState } from "react";
import type { Animal } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import {
  AnimalBubble,
  LiveAnimalBubble,
  StoppedMark,
  TypingIndicator,
  UserBubble,
} from "./Bubbles";
import { TurnFailure } from "./TurnFailure";
import type { Conversation } from "./conversation";
import { answerOf, isOpen, messageStatus, type Turn } from "./turn";

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
            <UserBubble text={message.content} status="sent" />
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
  const isStopped = turn.phase === "stopped";
  // Coming back to an answer that has ended, one does not watch it being written again.
  const [isLive] = useState(turn.phase === "queued" || isOpen(turn));
  return (
    <>
      <li>
        <UserBubble text={turn.question} status={messageStatus(turn)} fresh={isLive} />
      </li>
      {answer !== "" && (
        <li>
          {isLive ? (
            <LiveAnimalBubble
              key={turn.turnId}
              animal={animal}
              text={answer}
              isOpen={isOpen(turn)}
              isStopped={isStopped}
            />
          ) : (
            <AnimalBubble animal={animal} text={answer} />
          )}
        </li>
      )}
      {isOpen(turn) && answer === "" && (
        <li>
          <TypingIndicator animal={animal} />
        </li>
      )}
      {isStopped && (
        <li>
          <StoppedMark />
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
