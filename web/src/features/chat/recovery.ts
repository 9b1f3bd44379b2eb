// When a stream that broke is opened again, and what of a stored conversation is still under way.
// Pure.
import type { Message } from "../../api/types";
import { newTurn, type Turn } from "./turn";

const seconds = (...waits: number[]) => waits.map((wait) => wait * 1000);

/** Between two attempts to listen on to a turn the server has; about a minute in all. */
export const RESUME_AGAIN_MS = seconds(1, 2, 4, 8, 8, 8, 8, 8, 8);
/** Between two attempts to send a question that got no answer at all. */
export const SEND_AGAIN_MS = seconds(1, 2, 4);
/** The server ends a stopped turn within two seconds. */
export const HEAR_OUT_MS = 3_000;
/** A stored question younger than this may still be answered. */
const MAY_BE_ANSWERED_MS = 120_000;

/** Half of the wait is left to chance, so that not all pages come back at the same moment. */
export function withJitter(ms: number, random: number): number {
  return ms * (0.5 + random / 2);
}

type Stored = { animalId: string; sessionId: string; messages: Message[] };

/** Splits off a question at the end of a stored conversation whose answer is still under way. */
export function splitUnanswered(
  { animalId, sessionId, messages }: Stored,
  now: number,
): { messages: Message[]; unanswered: Turn | null } {
  const last = messages.at(-1);
  const age = now - Date.parse(last?.timestamp ?? "");
  if (last?.sender !== "user" || !(age < MAY_BE_ANSWERED_MS)) return { messages, unanswered: null };
  const { turnId, content } = last;
  // The first question of a session was asked without one.
  const asked = { animalId, message: content, turnId };
  const body = messages.length > 1 ? { ...asked, sessionId } : asked;
  const turn = newTurn(turnId, content);
  return {
    messages: messages.slice(0, -1),
    unanswered: { ...turn, phase: "reconnecting", acknowledged: true, sessionId, body },
  };
}
