import type { ReactNode } from "react";
import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { RichText } from "../../shared/ui/RichText";
import { Portrait } from "../animals/Portrait";
import { useReveal } from "./useReveal";

const BUBBLE = "max-w-[min(85%,38rem)] px-4.5 py-3 text-chat wrap-anywhere";

export function UserBubble({ text, fresh = false }: { text: string; fresh?: boolean }) {
  return (
    <div className={cn("flex justify-end", fresh && "bubble-in")}>
      <div
        data-testid="user-message"
        className={cn(BUBBLE, "rounded-3xl rounded-br-md bg-forest text-on-forest")}
      >
        <span className="sr-only">{m.chat_you_said()} </span>
        <p className="whitespace-pre-wrap">{text}</p>
      </div>
    </div>
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

/** An answer of this visit: its words flow in, also when the last of them are already here. */
export function LiveAnimalBubble({
  animal,
  text,
  open,
}: {
  animal: Animal;
  text: string;
  open: boolean;
}) {
  const shown = useReveal(text);
  const writing = open || shown.length < text.length;
  return (
    <AnimalBubble
      animal={animal}
      text={shown}
      caret={writing ? <span className="caret" aria-hidden /> : undefined}
    />
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
