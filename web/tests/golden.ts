// The golden streams, shared with the server's tests, and ways to cut them up.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export function golden(name: string): Uint8Array {
  return readFileSync(resolve(import.meta.dirname, `../../events/sse/${name}.sse`));
}

/** Two chunks for every position the stream can be cut at. */
export function* cutEverywhere(bytes: Uint8Array): Generator<[Uint8Array, Uint8Array]> {
  for (let at = 0; at <= bytes.length; at += 1) yield [bytes.slice(0, at), bytes.slice(at)];
}

export function withCrLf(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
}
