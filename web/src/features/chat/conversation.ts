// What the chat page shows: the stored messages of the session that was opened, and the turns taken
// since. Pure.
import type { Message } from "../../api/types";
import { isOpen, newTurn, reduceTurn, type Turn, type TurnAction } from "./turn";

export type Conversation = {
  sessionId: string | null;
  past: Message[];
  turns: Turn[];
};

export type ConversationAction =
  | { type: "opened"; sessionId: string; messages: Message[] }
  | { type: "left" }
  | { type: "asked"; turnId: string; question: string }
  | { type: "retried"; key: string; turnId: string }
  | { type: "streamed"; turnId: string; action: TurnAction };

export const emptyConversation: Conversation = { sessionId: null, past: [], turns: [] };

export function reduce(state: Conversation, action: ConversationAction): Conversation {
  switch (action.type) {
    case "opened":
      return { sessionId: action.sessionId, past: action.messages, turns: [] };
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

function retried(turn: Turn, { key, turnId }: { key: string; turnId: string }): Turn {
  return turn.key === key ? newTurn(turnId, turn.question, key) : turn;
}

/** Each turn takes only its own events, so that several streams never mix. */
function streamed(state: Conversation, turnId: string, action: TurnAction): Conversation {
  const turns = state.turns.map((turn) =>
    turn.turnId === turnId ? reduceTurn(turn, action) : turn,
  );
  const sessionId = turns.find((turn) => turn.turnId === turnId)?.sessionId ?? state.sessionId;
  return { ...state, turns, sessionId };
}
