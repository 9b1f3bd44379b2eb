// What a test sees of a turn's requests, and what it lets the page see in place of an answer.
import type { Page, Route } from "@playwright/test";
import { STREAM } from "./pages";

type Seen = { method: string; lastEventId: string | undefined; status: number | null };

/** Every connection to a turn's stream after the first, in order. */
export function watchTurns(page: Page): Seen[] {
  const seen: Seen[] = [];
  page.on("request", (request) => {
    if (!/\/api\/convo_turn\/stream\/./.test(request.url())) return;
    const lastEventId = request.headers()["last-event-id"];
    const entry: Seen = { method: request.method(), lastEventId, status: null };
    seen.push(entry);
    void request.response().then((response) => {
      entry.status = response?.status() ?? null;
    });
  });
  return seen;
}

/** Lets the server answer in full, and the page see nothing of it from the event with this id on. */
export async function cutBefore(route: Route, id: number) {
  const response = await route.fetch();
  const body = await response.text();
  await route.fulfill({ response, body: body.slice(0, body.indexOf(`id: ${id}\n`)) });
}

const NIL = "00000000-0000-7000-8000-000000000000";

/** The next question is answered as when the day's tokens are used up. */
export async function useUpBudget(page: Page, text: string) {
  const ids = { sessionId: NIL, messageId: NIL };
  const ending = { finishReason: "budget", lastId: 1, tokensUsed: 0, latencyMs: 1 };
  const events: [string, object][] = [
    ["start", { ...ids, turnId: NIL, animalId: "lion_001" }],
    ["token", { content: text }],
    ["complete", { ...ids, ...ending, safety: { action: "allow" } }],
  ];
  const frames = events.map(
    ([name, data], id) => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
  );
  const headers = { "Content-Type": "text/event-stream" };
  await page.route(STREAM, (route) => route.fulfill({ headers, body: frames.join("") }), {
    times: 1,
  });
}

/** The next question is refused for a while. */
export async function limit(page: Page, seconds: number) {
  const problem = { type: "about:blank", title: "x", status: 429, detail: "x", error: "x" };
  const headers = {
    "Retry-After": String(seconds),
    "Content-Type": "application/problem+json",
  };
  const body = JSON.stringify({ ...problem, code: "too_many_requests" });
  await page.route(STREAM, (route) => route.fulfill({ status: 429, headers, body }), { times: 1 });
}
