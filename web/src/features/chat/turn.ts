// One question and its answer, as a pure reducer over the events of its stream.
import { ApiProblem, Unreachable } from "../../api/problem";
import type { TurnComplete } from "../../api/types";
import type { TurnEvent } from "./events";

export type FailureKind =
  "unreachable" | "dropped" | "busy" | "refused" | "gone" | "rejected" | "other";
export type Failure = { kind: FailureKind; retryable: boolean };

export type Turn = {
  /** Stays the same over retries, so that the bubbles on the page do too. */
  key: string;
  turnId: string;
  question: string;
  phase: "waiting" | "answering" | "done" | "failed";
  /** The server knows this turn id; a retry then needs a new one. */
  acknowledged: boolean;
  pieces: { id: number; content: string }[];
  sessionId: string | null;
  messageId: string | null;
  finishReason: TurnComplete["finishReason"] | null;
  failure: Failure | null;
};

export type TurnAction = TurnEvent | { kind: "failed"; failure: Failure; acknowledged?: boolean };

export function newTurn(turnId: string, question: string, key = turnId): Turn {
  return {
    key,
    turnId,
    question,
    phase: "waiting",
    acknowledged: false,
    pieces: [],
    sessionId: null,
    messageId: null,
    finishReason: null,
    failure: null,
  };
}

export function answerOf(turn: Turn): string {
  return turn.pieces.map((piece) => piece.content).join("");
}

export function isOpen(turn: Turn): boolean {
  return turn.phase === "waiting" || turn.phase === "answering";
}

/** A turn that has ended stays as it ended, whatever still arrives. */
export function reduceTurn(turn: Turn, action: TurnAction): Turn {
  if (!isOpen(turn)) return turn;
  switch (action.kind) {
    case "start": {
      const { sessionId, messageId } = action.data;
      return { ...turn, sessionId, messageId, acknowledged: true };
    }
    case "token":
      return withToken(turn, action.id, action.content);
    case "complete": {
      const { sessionId, messageId, finishReason, lastId } = action.data;
      const pieces = upTo(turn, lastId);
      return { ...turn, phase: "done", pieces, sessionId, messageId, finishReason };
    }
    case "error": {
      const failure = failureOfStatus(action.data.status, action.data.retryable);
      return { ...turn, phase: "failed", pieces: upTo(turn, action.data.lastId), failure };
    }
    case "failed": {
      const acknowledged = turn.acknowledged || (action.acknowledged ?? false);
      return { ...turn, phase: "failed", failure: action.failure, acknowledged };
    }
  }
}

/** A token may come twice after a reconnection; ids only ever count up. */
function withToken(turn: Turn, id: number, content: string): Turn {
  const lastId = turn.pieces.at(-1)?.id ?? 0;
  if (id <= lastId) return turn;
  return { ...turn, phase: "answering", pieces: [...turn.pieces, { id, content }] };
}

/** What the server stored ends at `lastId`; a reader may have seen more before a crash. */
function upTo(turn: Turn, lastId: number): Turn["pieces"] {
  return turn.pieces.filter((piece) => piece.id <= lastId);
}

export function failureOf(cause: unknown): Failure {
  if (cause instanceof ApiProblem) return failureOfStatus(cause.status, null);
  if (cause instanceof Unreachable) return { kind: "unreachable", retryable: true };
  return { kind: "other", retryable: true };
}

function failureOfStatus(status: number, retryable: boolean | null | undefined): Failure {
  if (status === 429 || status === 503) return { kind: "busy", retryable: retryable ?? true };
  if (status === 401 || status === 403) return { kind: "refused", retryable: retryable ?? false };
  if (status === 404 || status === 410) return { kind: "gone", retryable: retryable ?? false };
  if (status === 413 || status === 422) return { kind: "rejected", retryable: retryable ?? false };
  return { kind: "other", retryable: retryable ?? true };
}
