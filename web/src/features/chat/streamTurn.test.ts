import { expect, it } from "vitest";
import { golden } from "../../../tests/golden";
import { streamTurn } from "./streamTurn";
import type { TurnAction } from "./turn";

type Answer = (request: Request) => Promise<Response>;

async function run(fetch: Answer, options: { silenceMs?: number; signal?: AbortSignal } = {}) {
  const actions: TurnAction[] = [];
  await streamTurn({
    request: { animalId: "lion_001", message: "Hello" },
    fetch,
    signal: new AbortController().signal,
    onAction: (action) => actions.push(action),
    ...options,
  });
  return actions;
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
  const actions = await run(async () => streaming(golden("turn")));
  expect(actions.at(0)?.kind).toBe("start");
  expect(actions.at(-1)?.kind).toBe("complete");
});

it("a_stream_that_ends_early_is_a_drop", async () => {
  const actions = await run(async () => streaming(golden("turn").slice(0, 300)));
  expect(actions.at(-1)).toEqual({
    kind: "failed",
    failure: { kind: "dropped", retryable: true },
  });
});

it("silence_is_a_drop", async () => {
  const actions = await run(async (request) => untilAborted(request), { silenceMs: 20 });
  expect(actions).toEqual([{ kind: "failed", failure: { kind: "dropped", retryable: true } }]);
});

it("a_refusal_before_the_stream_is_its_failure", async () => {
  const refusal = () => new Response(JSON.stringify({ code: "too_many" }), { status: 429 });
  const actions = await run(async () => refusal());
  expect(actions).toEqual([
    { kind: "failed", failure: { kind: "busy", retryable: true }, acknowledged: false },
  ]);
});

it("a_turn_id_the_server_has_had_counts_as_acknowledged", async () => {
  const actions = await run(async () => new Response("{}", { status: 409 }));
  expect(actions).toMatchObject([{ kind: "failed", acknowledged: true }]);
});

it("leaving_the_page_closes_the_stream_without_a_word", async () => {
  const leave = new AbortController();
  const running = run(async (request) => untilAborted(request), { signal: leave.signal });
  leave.abort();
  expect(await running).toEqual([]);
});

function untilAborted(request: Request): Promise<Response> {
  return new Promise((_, reject) => {
    request.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });
}
