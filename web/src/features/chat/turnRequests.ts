// The three requests of a turn: ask, listen on, and call it off.
import type { TurnRequest } from "../../api/types";

const STREAM = `${location.origin}/api/convo_turn/stream`;
const CANCEL_MS = 5_000;

/** The same body under the same turn id may go any number of times: it is one turn. */
export function askRequest(body: TurnRequest, signal: AbortSignal): Request {
  return new Request(STREAM, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
}

/** What comes after the last event that was seen; the whole stream when none was. */
export function resumeRequest(turnId: string, lastId: number | null, signal: AbortSignal): Request {
  const headers = new Headers({ Accept: "text/event-stream" });
  if (lastId !== null) headers.set("Last-Event-ID", String(lastId));
  return new Request(`${STREAM}/${encodeURIComponent(turnId)}`, { headers, signal });
}

export function cancelRequest(turnId: string): Request {
  return new Request(`${STREAM}/${encodeURIComponent(turnId)}`, {
    method: "DELETE",
    signal: AbortSignal.timeout(CANCEL_MS),
  });
}
