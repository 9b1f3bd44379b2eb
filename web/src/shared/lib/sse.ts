// Bytes of a text/event-stream to its events. Holds no connection and starts no timer.
import { createParser } from "eventsource-parser";

export type SseEvent = { id: string | undefined; name: string; data: string };

/**
 * A decoder for one stream. Chunks may end anywhere, also inside a character; what a chunk
 * completes is returned, the rest waits for the next one.
 */
export function createSseDecoder(): (chunk: Uint8Array) => SseEvent[] {
  const text = new TextDecoder();
  let ready: SseEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => ready.push({ id, name: event ?? "message", data }),
  });
  return (chunk) => {
    ready = [];
    parser.feed(text.decode(chunk, { stream: true }));
    return ready;
  };
}
