// What the chat page shows: the stored messages of the session that was opened, and the turns taken
// since. Pure.
import type { Message } from "../../api/types";
import { isOpen, newTurn, reduceTurn, type Turn, type TurnAction } from "./turn";

export type Conversation = {
  /** A session may roll over into the next one; the last is the one to continue. */
  sessionIds: string[];
  past: Message[];
  turns: Turn[];
};

/** More of them the server does not take. */
const EARLIER_QUESTIONS = 10;

export type ConversationAction =
  | { type: "opened"; sessionId: string; messages: Message[]; unanswered: Turn | null }
  | { type: "left" }
  | { type: "asked"; turnId: string; question: string }
  | { type: "retried"; key: string; turnId: string }
  | { type: "streamed"; turnId: string; action: TurnAction };

export const emptyConversation: Conversation = { sessionIds: [], past: [], turns: [] };

export function reduce(state: Conversation, action: ConversationAction): Conversation {
  switch (action.type) {
    case "opened": {
      const turns = action.unanswered ? [action.unanswered] : [];
      return { sessionIds: [action.sessionId], past: action.messages, turns };
    }
    case "left":
      return emptyConversation;
    case "asked":
      return { ...state, turns: [...state.turns, newTurn(action.turnId, action.question)] };
    case "retried":
      return { ...state, turns: state.turns.map((turn) => retried(turn, action)) };
    case "streamed":
      return streamed(state, action.turnId, action.action);
  }
}

export function isBusy(state: Conversation): boolean {
  return state.turns.some(isOpen);
}

export function sessionOf(state: Conversation): string | null {
  return state.sessionIds.at(-1) ?? null;
}

/** What was asked before the turn with this key, as far as a visitor's request may carry it. */
export function earlierQuestions({ turns }: Conversation, key: string): string[] {
  const index = turns.findIndex((turn) => turn.key === key);
  const before = turns.slice(0, index).filter((turn) => turn.acknowledged);
  return before.slice(-EARLIER_QUESTIONS).map((turn) => turn.question);
}

function retried(turn: Turn, { key, turnId }: { key: string; turnId: string }): Turn {
  if (turn.key !== key) return turn;
  const again = newTurn(turnId, turn.question, key);
  return turnId === turn.turnId ? { ...again, body: turn.body } : again;
}

/** Each turn takes only its own events, so that several streams never mix. */
function streamed(state: Conversation, turnId: string, action: TurnAction): Conversation {
  const turns = state.turns.map((turn) =>
    turn.turnId === turnId ? reduceTurn(turn, action) : turn,
  );
  const sessionId = turns.find((turn) => turn.turnId === turnId)?.sessionId ?? null;
  const isNew = sessionId !== null && !state.sessionIds.includes(sessionId);
  return {
    ...state,
    turns,
    sessionIds: isNew ? [...state.sessionIds, sessionId] : state.sessionIds,
  };
}
