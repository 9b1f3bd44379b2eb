import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { plainText } from "../../shared/lib/markdown";
import { statusText, useChatStatus } from "./ConnectionStatus";
import { answerOf, type Turn } from "./turn";

/**
 * Reads each finished answer to screen readers once, as a whole; the streaming text is not live.
 * Trouble with the connection is told too, thinking and answering are not.
 */
export function Announcer({ animal, turn }: { animal: Animal; turn: Turn | undefined }) {
  const status = useChatStatus(turn);
  const finished = turn?.phase === "done";
  return (
    <>
      <div aria-live="polite" aria-atomic className="sr-only">
        {finished && `${m.chat_animal_said({ name: animal.name })} ${plainText(answerOf(turn))}`}
      </div>
      <div aria-live="polite" className="sr-only">
        {(status === "offline" || status === "reconnecting") && statusText(status)}
      </div>
    </>
  );
}
