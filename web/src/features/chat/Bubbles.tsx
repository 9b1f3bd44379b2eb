import { Check, CircleAlert, CircleStop, Clock } from "lucide-react";
import type { ReactNode } from "react";
import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { RichText } from "../../shared/ui/RichText";
import { Portrait } from "../animals/Portrait";
import type { MessageStatus } from "./turn";
import { useReveal, type Flow } from "./useReveal";

const BUBBLE = "max-w-[min(85%,38rem)] px-4.5 py-3 text-chat wrap-anywhere";

type UserBubbleProps = { text: string; status: MessageStatus | null; fresh?: boolean };

export function UserBubble({ text, status, fresh = false }: UserBubbleProps) {
  const worthWords = status === "queued" || status === "unsent";
  return (
    <div className={cn("flex flex-col items-end gap-1", fresh && "bubble-in")}>
      <div
        data-testid="user-message"
        className={cn(
          BUBBLE,
          "flex items-end gap-2 rounded-3xl rounded-br-md bg-forest pr-3.5 text-on-forest",
        )}
      >
        <span className="sr-only">{m.chat_you_said()} </span>
        <p className="min-w-0 whitespace-pre-wrap">{text}</p>
        {status && !worthWords && <MessageState status={status} className="mb-0.5" />}
      </div>
      {worthWords && <MessageState status={status} className="pr-1" />}
    </div>
  );
}

const STATES = {
  queued: { Icon: Clock, text: m.chat_message_queued, look: "text-ink-soft" },
  sending: { Icon: Clock, text: m.chat_message_sending, look: "sr-only" },
  sent: { Icon: Check, text: m.chat_message_sent, look: "sr-only" },
  unsent: { Icon: CircleAlert, text: m.chat_message_unsent, look: "text-danger" },
};

/** How far a question got. What is as it should be is only hinted at, inside the bubble. */
function MessageState({ status, className }: { status: MessageStatus; className: string }) {
  const { Icon, text, look } = STATES[status];
  return (
    <span
      data-testid="message-status"
      data-status={status}
      className={cn("flex shrink-0 items-center gap-1.5 text-sm font-semibold", className)}
    >
      <Icon className={cn("size-4", look !== "sr-only" && look)} aria-hidden />
      <span className={look}>{text()}</span>
    </span>
  );
}

function AnimalRow({ animal, children }: { animal: Animal; children: ReactNode }) {
  return (
    <div className="flex items-end gap-2.5">
      <Portrait src={animal.avatar} className="size-9" />
      {children}
    </div>
  );
}

type AnimalBubbleProps = { animal: Animal; text: string; caret?: ReactNode };

export function AnimalBubble({ animal, text, caret }: AnimalBubbleProps) {
  return (
    <AnimalRow animal={animal}>
      <div
        data-testid="assistant-message"
        className={cn(BUBBLE, "rounded-3xl rounded-bl-md bg-leaf")}
      >
        <span className="sr-only">{m.chat_animal_said({ name: animal.name })} </span>
        <RichText text={text} caret={caret} />
      </div>
    </AnimalRow>
  );
}

type LiveAnimalBubbleProps = { animal: Animal; text: string; isOpen: boolean; flow: Flow };

/** An answer of this visit: its words flow in, also when the last of them are already here. */
export function LiveAnimalBubble({ animal, text, isOpen, flow }: LiveAnimalBubbleProps) {
  const shown = useReveal(text, flow);
  const isWriting = flow === "flowing" && (isOpen || shown.length < text.length);
  if (shown === "" && !isWriting) return null;
  return (
    <AnimalBubble
      animal={animal}
      text={shown}
      caret={isWriting ? <span className="caret" aria-hidden /> : undefined}
    />
  );
}

/** Below an answer that its reader has stopped, or in its place. */
export function StoppedMark() {
  return (
    <p
      data-testid="stopped-mark"
      className="-mt-2.5 ml-11.5 flex items-center gap-1.5 text-sm font-semibold text-ink-soft"
    >
      <CircleStop className="size-4" aria-hidden />
      {m.chat_stopped()}
    </p>
  );
}

export function TypingIndicator({ animal }: { animal: Animal }) {
  return (
    <AnimalRow animal={animal}>
      <div
        data-testid="typing-indicator"
        role="img"
        aria-label={m.chat_typing({ name: animal.name })}
        className="bubble-in flex items-center gap-1.5 rounded-3xl rounded-bl-md bg-leaf px-5 py-5"
      >
        <span className="dot size-2.5 rounded-full bg-forest" />
        <span className="dot size-2.5 rounded-full bg-forest" />
        <span className="dot size-2.5 rounded-full bg-forest" />
      </div>
    </AnimalRow>
  );
}
