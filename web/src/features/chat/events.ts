// The typed events of a turn's stream, decoded from its bytes. Events this version does not know
// and data that is not the contract's are passed over: a newer server may send more.
import type { TurnComplete, TurnError, TurnStart, TurnToken } from "../../api/types";
import { createSseDecoder, type SseEvent } from "../../shared/lib/sse";

export type TurnEvent =
  | { kind: "start"; data: TurnStart }
  | { kind: "token"; id: number; content: string }
  | { kind: "complete"; data: TurnComplete }
  | { kind: "error"; data: TurnError };

export function createTurnDecoder(): (chunk: Uint8Array) => TurnEvent[] {
  const decode = createSseDecoder();
  return (chunk) =>
    decode(chunk)
      .map(toTurnEvent)
      .filter((event) => event !== null);
}

function toTurnEvent(event: SseEvent): TurnEvent | null {
  const data = parseJson(event.data);
  if (typeof data !== "object" || data === null) return null;
  switch (event.name) {
    case "start":
      return { kind: "start", data: data as TurnStart };
    case "token":
      return toToken(event.id, data as TurnToken);
    case "complete":
      return { kind: "complete", data: data as TurnComplete };
    case "error":
      return { kind: "error", data: data as TurnError };
    default:
      return null;
  }
}

function toToken(id: string | undefined, { content }: TurnToken): TurnEvent | null {
  const position = Number(id);
  if (id === undefined || !Number.isInteger(position) || typeof content !== "string") return null;
  return { kind: "token", id: position, content };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
