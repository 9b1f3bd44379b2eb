// Opens one stream of a turn and reads it to the end, and says how that went.
import { ApiProblem, Unreachable, problemOf } from "../../api/problem";
import { watchSilence } from "../../shared/lib/silence";
import { createTurnDecoder, type TurnEvent } from "./events";

/** The server sends at least a ping every 10 s; three missed ones are a dead connection. */
const SILENCE_MS = 30_000;

type Options = {
  request: (signal: AbortSignal) => Request;
  fetch: (request: Request) => Promise<Response>;
  signal: AbortSignal;
  /** The server has taken the request and sends. */
  onOpen: () => void;
  onEvent: (event: TurnEvent) => void;
  silenceMs?: number;
};

export type StreamEnd =
  /** The terminal event has come. */
  | { kind: "ended" }
  /** The connection is gone, or there never was one. */
  | { kind: "broken" }
  /** An answer that is no stream. */
  | { kind: "refused"; cause: unknown }
  | { kind: "aborted" };

export async function streamTurn(options: Options): Promise<StreamEnd> {
  const { signal, onEvent, silenceMs = SILENCE_MS } = options;
  const watch = watchSilence(signal, silenceMs);
  try {
    const response = await options.fetch(options.request(watch.signal));
    watch.heard();
    if (!response.ok) throw await problemOf(response);
    if (!signal.aborted) options.onOpen();
    const ended = await readTurn(response, signal, onEvent, watch.heard);
    if (signal.aborted) return { kind: "aborted" };
    return { kind: ended ? "ended" : "broken" };
  } catch (cause) {
    if (signal.aborted) return { kind: "aborted" };
    if (watch.signal.aborted || cause instanceof Unreachable || isGateway(cause)) {
      return { kind: "broken" };
    }
    return { kind: "refused", cause };
  } finally {
    watch.stop();
  }
}

/** What answers in place of a server that is away. */
function isGateway(cause: unknown): boolean {
  return cause instanceof ApiProblem && (cause.status === 502 || cause.status === 504);
}

async function readTurn(
  response: Response,
  signal: AbortSignal,
  onEvent: (event: TurnEvent) => void,
  heard: () => void,
): Promise<boolean> {
  const reader = response.body?.getReader();
  if (!reader) return false;
  const decode = createTurnDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || !value || signal.aborted) return false;
      heard();
      for (const event of decode(value)) {
        onEvent(event);
        if (event.kind === "complete" || event.kind === "error") return true;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
