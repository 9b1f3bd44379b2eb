// Sends one turn and reads its stream to the end. Ends in exactly one terminal action, unless the
// caller aborts; then in none.
import { ApiProblem, problemOf } from "../../api/problem";
import type { TurnRequest } from "../../api/types";
import { createTurnDecoder } from "./events";
import { failureOf, type TurnAction } from "./turn";

/** The server sends at least a ping every 10 s; three missed ones are a dead connection. */
const SILENCE_MS = 30_000;

type Options = {
  request: TurnRequest;
  fetch: (request: Request) => Promise<Response>;
  signal: AbortSignal;
  onAction: (action: TurnAction) => void;
  silenceMs?: number;
};

export async function streamTurn(options: Options): Promise<void> {
  const { signal, onAction, silenceMs = SILENCE_MS } = options;
  const watch = watchSilence(signal, silenceMs);
  try {
    const response = await options.fetch(turnRequest(options.request, watch.signal));
    watch.heard();
    if (!response.ok) throw await problemOf(response);
    const ended = await readTurn(response, onAction, watch.heard);
    if (!ended && !signal.aborted) onAction(dropped);
  } catch (cause) {
    if (!signal.aborted) onAction(watch.fellSilent() ? dropped : failedBy(cause));
  } finally {
    watch.stop();
  }
}

const dropped: TurnAction = { kind: "failed", failure: { kind: "dropped", retryable: true } };

/** A 409 says that the server has had this turn id before. */
function failedBy(cause: unknown): TurnAction {
  const acknowledged = cause instanceof ApiProblem && cause.status === 409;
  return { kind: "failed", failure: failureOf(cause), acknowledged };
}

function turnRequest(body: TurnRequest, signal: AbortSignal): Request {
  return new Request(`${location.origin}/api/convo_turn/stream`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
}

async function readTurn(
  response: Response,
  onAction: (action: TurnAction) => void,
  heard: () => void,
): Promise<boolean> {
  const reader = response.body?.getReader();
  if (!reader) return false;
  const decode = createTurnDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || !value) return false;
      heard();
      for (const event of decode(value)) {
        onAction(event);
        if (event.kind === "complete" || event.kind === "error") return true;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function watchSilence(outer: AbortSignal, silenceMs: number) {
  const own = new AbortController();
  let silent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = () => own.abort();
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = true;
      own.abort();
    }, silenceMs);
  };
  outer.addEventListener("abort", abort, { once: true });
  heard();
  return {
    signal: own.signal,
    heard,
    fellSilent: () => silent,
    stop: () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}
