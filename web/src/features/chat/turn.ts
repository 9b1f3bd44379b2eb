// One question and its answer, as a pure reducer over the events of its stream.
import type { Message, TurnComplete, TurnRequest } from "../../api/types";
import type { TurnEvent } from "./events";
import { failureOfError, type Failure } from "./failure";

export type Turn = {
  /** Stays the same over retries, so that the bubbles on the page do too. */
  key: string;
  turnId: string;
  question: string;
  /**
   * `queued` waits for the internet or for the turn before it. `stopping` is over for the reader,
   * and waits to hear how much of the answer is kept.
   */
  phase:
    | "queued"
    | "waiting"
    | "answering"
    | "reconnecting"
    | "stopping"
    | "done"
    | "stopped"
    | "failed";
  /** As it was first sent; sent again it has to be the very same. */
  body: TurnRequest | null;
  /** The server has this turn: its stream can be listened on to. */
  acknowledged: boolean;
  pieces: { id: number; content: string }[];
  sessionId: string | null;
  messageId: string | null;
  finishReason: TurnComplete["finishReason"] | null;
  failure: Failure | null;
};

export type TurnAction =
  | TurnEvent
  | { kind: "sending"; body: TurnRequest }
  /** No connection to send it on: it waits in the outbox. */
  | { kind: "offline" }
  | { kind: "broken" }
  | { kind: "connected" }
  | { kind: "recovered"; message: Message }
  | { kind: "stopping" }
  /** Nothing more is waited for. */
  | { kind: "stopped" }
  | { kind: "failed"; failure: Failure };

export function newTurn(turnId: string, question: string, key = turnId): Turn {
  return {
    key,
    turnId,
    question,
    phase: "queued",
    body: null,
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

/** Over for its reader, who wanted no more of it. */
export function isStopped({ phase }: Turn): boolean {
  return phase === "stopping" || phase === "stopped";
}

/** The id of the last event seen: `start` has 0; null before it. */
export function lastSeenId({ pieces, messageId }: Turn): number | null {
  return pieces.at(-1)?.id ?? (messageId === null ? null : 0);
}

export type MessageStatus = "queued" | "sending" | "sent" | "unsent";

/** How far the question got; of one that was stopped on its way nobody knows. */
export function messageStatus(turn: Turn): MessageStatus | null {
  if (turn.acknowledged) return "sent";
  if (turn.phase === "queued") return "queued";
  if (isStopped(turn)) return null;
  return turn.phase === "failed" ? "unsent" : "sending";
}

/** A turn that has ended stays as it ended, whatever still arrives. */
export function reduceTurn(turn: Turn, action: TurnAction): Turn {
  if (turn.phase === "stopping") return reduceStopping(turn, action);
  if (turn.phase !== "queued" && !isOpen(turn)) return turn;
  switch (action.kind) {
    case "sending":
      return { ...turn, phase: "waiting", body: action.body };
    case "offline":
      return { ...turn, phase: "queued" };
    case "broken":
      return { ...turn, phase: "reconnecting" };
    case "connected":
      return turn.phase === "reconnecting" ? listening(turn) : turn;
    case "start":
      return listening(started(turn, action.data));
    case "token":
      return listening(withToken(turn, action.id, action.content));
    case "complete":
      return completed(turn, action.data);
    case "recovered":
      return recovered(turn, action.message);
    case "stopping":
    case "stopped":
      return { ...turn, phase: action.kind };
    case "error": {
      const pieces = upTo(turn, action.data.lastId);
      return { ...turn, phase: "failed", pieces, failure: failureOfError(action.data) };
    }
    case "failed":
      return { ...turn, phase: "failed", failure: action.failure };
  }
}

/** The words that come after the wish to stop may be kept, too: what is shown must be what is stored. */
function reduceStopping(turn: Turn, action: TurnAction): Turn {
  switch (action.kind) {
    case "start":
      return started(turn, action.data);
    case "token":
      return withToken(turn, action.id, action.content);
    case "complete": {
      const ended = completed(turn, action.data);
      return ended.finishReason === "cancelled" ? { ...ended, phase: "stopped" } : ended;
    }
    case "recovered":
      return recovered(turn, action.message);
    case "error":
      return { ...turn, phase: "stopped", pieces: upTo(turn, action.data.lastId) };
    case "stopped":
    case "failed":
      return { ...turn, phase: "stopped" };
    default:
      return turn;
  }
}

function listening(turn: Turn): Turn {
  return { ...turn, phase: turn.pieces.length > 0 ? "answering" : "waiting" };
}

function started(turn: Turn, ids: { sessionId: string; messageId: string }): Turn {
  const { sessionId, messageId } = ids;
  return { ...turn, sessionId, messageId, acknowledged: true };
}

/** A token may come twice after a reconnection; ids only ever count up. */
function withToken(turn: Turn, id: number, content: string): Turn {
  const lastId = turn.pieces.at(-1)?.id ?? 0;
  return id <= lastId ? turn : { ...turn, pieces: [...turn.pieces, { id, content }] };
}

function completed(turn: Turn, data: TurnComplete): Turn {
  const pieces = upTo(turn, data.lastId);
  return { ...started(turn, data), phase: "done", pieces, finishReason: data.finishReason };
}

function recovered(turn: Turn, { messageId, content, metadata }: Message): Turn {
  const finishReason = metadata.finishReason ?? null;
  return { ...turn, phase: "done", pieces: [{ id: 1, content }], messageId, finishReason };
}

/** What the server stored ends at `lastId`; a reader may have seen more before a crash. */
function upTo(turn: Turn, lastId: number): Turn["pieces"] {
  return turn.pieces.filter((piece) => piece.id <= lastId);
}
