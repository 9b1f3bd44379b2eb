import { expect, it } from "vitest";
import { golden } from "../../../tests/golden";
import type { TurnEvent } from "./events";
import { streamTurn } from "./streamTurn";
import { askRequest } from "./turnRequests";

type Answer = (request: Request) => Promise<Response>;

async function run(fetch: Answer, options: { silenceMs?: number; signal?: AbortSignal } = {}) {
  const events: TurnEvent[] = [];
  const end = await streamTurn({
    request: (signal) => askRequest({ animalId: "lion_001", message: "Hello" }, signal),
    fetch,
    signal: new AbortController().signal,
    onOpen: () => undefined,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { events, end };
}

const streaming = (bytes: Uint8Array, close = true) =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        if (close) controller.close();
      },
    }),
  );

it("reads_a_turn_to_its_terminal_event", async () => {
  const { events, end } = await run(async () => streaming(golden("turn")));
  expect(events.at(0)?.kind).toBe("start");
  expect(events.at(-1)?.kind).toBe("complete");
  expect(end).toEqual({ kind: "ended" });
});

it("a_stream_that_ends_early_is_broken", async () => {
  const { end } = await run(async () => streaming(golden("turn").slice(0, 300)));
  expect(end).toEqual({ kind: "broken" });
});

it("silence_is_a_broken_connection", async () => {
  const { end } = await run(async (request) => untilAborted(request), { silenceMs: 20 });
  expect(end).toEqual({ kind: "broken" });
});

it.each([502, 504])("a_gateway_without_its_server_%s_is_a_broken_connection", async (status) => {
  const { end } = await run(async () => new Response("<html>", { status }));
  expect(end).toEqual({ kind: "broken" });
});

it("a_refusal_before_the_stream_says_why_and_for_how_long", async () => {
  const headers = { "Retry-After": "5" };
  const body = JSON.stringify({ code: "too_many_requests" });
  const { end } = await run(async () => new Response(body, { status: 429, headers }));
  expect(end).toMatchObject({ kind: "refused" });
  expect(end).toHaveProperty("cause.code", "too_many_requests");
  expect(end).toHaveProperty("cause.retryAfterSeconds", 5);
});

it("leaving_the_page_closes_the_stream_without_a_word", async () => {
  const leave = new AbortController();
  const running = run(async (request) => untilAborted(request), { signal: leave.signal });
  leave.abort();
  expect(await running).toEqual({ events: [], end: { kind: "aborted" } });
});

function untilAborted(request: Request): Promise<Response> {
  return new Promise((_, reject) => {
    request.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });
}
