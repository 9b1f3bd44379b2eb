import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { plainText } from "../../shared/lib/markdown";
import { answerOf, type Turn } from "./turn";

/** Reads each finished answer to screen readers once, as a whole; the streaming text is not live. */
export function Announcer({ animal, turn }: { animal: Animal; turn: Turn | undefined }) {
  const finished = turn?.phase === "done";
  return (
    <div aria-live="polite" aria-atomic className="sr-only">
      {finished && `${m.chat_animal_said({ name: animal.name })} ${plainText(answerOf(turn))}`}
    </div>
  );
}
