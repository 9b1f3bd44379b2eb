// How an answer whose stream broke is found again in the stored conversation. Pure.
import type { Message } from "../../api/types";
import type { Conversation } from "./conversation";
import { newTurn, type Turn } from "./turn";

/** Between two looks into the history; about a minute in all. */
export const LOOK_AGAIN_MS = [1, 2, 4, 8, 8, 8, 8, 8, 8].map((seconds) => seconds * 1000);
/** Between two attempts to send a question that got no answer at all. */
export const SEND_AGAIN_MS = [1, 2, 4].map((seconds) => seconds * 1000);
/** A stored question younger than this may still be answered. */
const MAY_BE_ANSWERED_MS = 120_000;

/**
 * The stored answer of a turn: by its id, which came with `start`; without that, the first answer
 * after the question that belongs to no other turn.
 */
export function findAnswer(
  messages: Message[],
  turn: Turn,
  state: Conversation,
): Message | undefined {
  if (turn.messageId !== null) {
    return messages.find((message) => message.messageId === turn.messageId);
  }
  const others = new Set([
    ...state.past.map((message) => message.messageId),
    ...state.turns.map((each) => each.messageId),
  ]);
  const asked = messages.findLastIndex(
    (message) => message.sender === "user" && message.content === turn.question,
  );
  if (asked < 0) return undefined;
  return messages
    .slice(asked + 1)
    .find((message) => message.sender === "assistant" && !others.has(message.messageId));
}

/** Splits off a question at the end of a stored conversation whose answer is still under way. */
export function splitUnanswered(
  sessionId: string,
  messages: Message[],
  now: number,
): { messages: Message[]; unanswered: Turn | null } {
  const last = messages.at(-1);
  const age = now - Date.parse(last?.timestamp ?? "");
  if (last?.sender !== "user" || !(age < MAY_BE_ANSWERED_MS)) return { messages, unanswered: null };
  const turn = newTurn(last.messageId, last.content);
  return {
    messages: messages.slice(0, -1),
    unanswered: { ...turn, phase: "reconnecting", acknowledged: true, sessionId },
  };
}
