import { Suspense, lazy, useMemo, useState } from "react";
import type { Animal, Message } from "../../api/types";
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
import { answerOf, isOpen, isStopped, messageStatus, type Turn } from "./turn";
import type { Flow } from "./useReveal";

const FactCards = lazy(() => import("./FactCards"));

type Props = { animal: Animal; conversation: Conversation; onRetry: (turn: Turn) => void };

export function MessageList({ animal, conversation, onRetry }: Props) {
  const last = conversation.turns.length === 0 ? conversation.past.at(-1) : undefined;
  return (
    <ol
      aria-label={m.chat_conversation({ name: animal.name })}
      className="flex flex-col gap-4 py-5"
    >
      <li>
        <AnimalBubble animal={animal} text={animal.greeting} />
      </li>
      <Past animal={animal} messages={conversation.past} />
      {last?.metadata.finishReason === "budget" && <Facts animal={animal} />}
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

function PastMessage({ animal, message }: { animal: Animal; message: Message }) {
  const { sender, content, metadata } = message;
  const isQuestion = sender === "user";
  return (
    <>
      {content !== "" && (
        <li>
          {isQuestion ? (
            <UserBubble text={content} status="sent" />
          ) : (
            <AnimalBubble animal={animal} text={content} />
          )}
        </li>
      )}
      {metadata.finishReason === "cancelled" && (
        <li>
          <StoppedMark />
        </li>
      )}
    </>
  );
}

/** Below the kind words of an animal that may not talk any more for now. */
function Facts({ animal }: { animal: Animal }) {
  if (animal.facts.length === 0) return null;
  return (
    <li>
      <Suspense>
        <FactCards animal={animal} />
      </Suspense>
    </li>
  );
}

function Past({ animal, messages }: { animal: Animal; messages: Conversation["past"] }) {
  const { locale } = useLocale();
  // Stored messages do not change; parsing them again on every word of a new one would be waste.
  return useMemo(
    () =>
      messages.map((message) => (
        <PastMessage key={message.messageId} animal={animal} message={message} />
      )),
    // The language too: each bubble says, for screen readers, who spoke.
    [animal, messages, locale],
  );
}

type TurnViewProps = { animal: Animal; turn: Turn; onRetry: ((turn: Turn) => void) | undefined };

function flowOf({ phase }: Turn): Flow {
  if (phase === "stopping") return "held";
  return phase === "stopped" ? "over" : "flowing";
}

function TurnView({ animal, turn, onRetry }: TurnViewProps) {
  const answer = answerOf(turn);
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
              flow={flowOf(turn)}
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
      {isStopped(turn) && (
        <li>
          <StoppedMark />
        </li>
      )}
      {turn.finishReason === "budget" && <Facts animal={animal} />}
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
