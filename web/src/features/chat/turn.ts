// One question and its answer, as a pure reducer over the events of its stream.
import type { Message, TurnComplete } from "../../api/types";
import type { TurnEvent } from "./events";
import { failureOfStatus, type Failure } from "./failure";

export type Turn = {
  /** Stays the same over retries, so that the bubbles on the page do too. */
  key: string;
  turnId: string;
  question: string;
  /** `queued` waits for the internet or for the turn before it. */
  phase: "queued" | "waiting" | "answering" | "reconnecting" | "done" | "stopped" | "failed";
  /** The server knows this turn id; a retry then needs a new one. */
  acknowledged: boolean;
  pieces: { id: number; content: string }[];
  sessionId: string | null;
  messageId: string | null;
  finishReason: TurnComplete["finishReason"] | null;
  failure: Failure | null;
};

export type TurnAction =
  | TurnEvent
  | { kind: "sending" }
  /** No connection to send it on: it waits in the outbox. */
  | { kind: "offline" }
  | { kind: "broken" }
  /** The server says that it has had this turn before. */
  | { kind: "acknowledged"; sessionId: string | null }
  | { kind: "recovered"; message: Message }
  | { kind: "stopped" }
  | { kind: "failed"; failure: Failure };

export function newTurn(turnId: string, question: string, key = turnId): Turn {
  return {
    key,
    turnId,
    question,
    phase: "queued",
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

/** Under way: something of it may still come. */
export function isOpen({ phase }: Turn): boolean {
  return phase === "waiting" || phase === "answering" || phase === "reconnecting";
}

export type MessageStatus = "queued" | "sending" | "sent" | "unsent";

/** How far the question got; of one that was stopped on its way nobody knows. */
export function messageStatus({ phase, acknowledged }: Turn): MessageStatus | null {
  if (acknowledged) return "sent";
  if (phase === "queued") return "queued";
  if (phase === "stopped") return null;
  return phase === "failed" ? "unsent" : "sending";
}

/** A turn that has ended stays as it ended, whatever still arrives. */
export function reduceTurn(turn: Turn, action: TurnAction): Turn {
  if (turn.phase !== "queued" && !isOpen(turn)) return turn;
  switch (action.kind) {
    case "sending":
      return { ...turn, phase: "waiting" };
    case "offline":
      return { ...turn, phase: "queued" };
    case "broken":
      return { ...turn, phase: "reconnecting" };
    case "acknowledged":
      return { ...turn, acknowledged: true, sessionId: action.sessionId };
    case "start": {
      const { sessionId, messageId } = action.data;
      return { ...turn, phase: "waiting", sessionId, messageId, acknowledged: true };
    }
    case "token":
      return withToken(turn, action.id, action.content);
    case "complete": {
      const { sessionId, messageId, finishReason, lastId } = action.data;
      const pieces = upTo(turn, lastId);
      return { ...turn, phase: "done", pieces, sessionId, messageId, finishReason };
    }
    case "recovered": {
      const { messageId, content, metadata } = action.message;
      const finishReason = metadata.finishReason ?? null;
      return { ...turn, phase: "done", pieces: [{ id: 1, content }], messageId, finishReason };
    }
    case "stopped":
      return { ...turn, phase: "stopped" };
    case "error": {
      const { status, code, retryable, lastId } = action.data;
      const failure = failureOfStatus(status, code, retryable);
      return { ...turn, phase: "failed", pieces: upTo(turn, lastId), failure };
    }
    case "failed":
      return { ...turn, phase: "failed", failure: action.failure };
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
