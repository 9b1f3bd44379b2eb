// The list of conversations as a person meets it.
import { expect, type APIRequestContext, type Page } from "@playwright/test";

export class HistoryPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  readonly id = (testId: string) => this.page.getByTestId(testId);
  readonly rows = () => this.page.locator("[data-session]");
  readonly person = (name: string) => this.id("person").filter({ hasText: name });

  async goto(search = "") {
    await this.page.goto(`/history${search}`);
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
  }
}

type Headers = Record<string, string>;

/** The list follows what is written with a short delay. */
export async function untilListed(request: APIRequestContext, headers: Headers, count: number) {
  await expect
    .poll(async () => {
      const answer = await request.get("/api/conversations/sessions", { headers });
      return ((await answer.json()) as { sessions: unknown[] }).sessions.length;
    })
    .toBe(count);
}

const ID = "00000000-0000-7000-8000-";

/** Answers the list with this many conversations, in pages of fewer rows than were asked for. */
export async function manySessions(page: Page, total: number, perPage: number) {
  await page.route("**/api/conversations/sessions?*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("nextToken") ?? 0);
    const count = Math.min(perPage, total - from);
    const hasMore = from + count < total;
    const sessions = Array.from({ length: count }, (_, index) => ({
      sessionId: `${ID}${String(from + index).padStart(12, "0")}`,
      userId: "u",
      displayName: "Sam",
      animalId: "lion_001",
      animalName: `Leo ${from + index + 1}`,
      startTime: "2026-01-01T10:00:00.000Z",
      lastActivity: "2026-01-01T10:05:00.000Z",
      messageCount: 2,
    }));
    const pagination = { limit: 20, hasMore, totalSessions: total };
    const nextToken = hasMore ? { nextToken: String(from + count) } : {};
    return route.fulfill({ json: { sessions, pagination: { ...pagination, ...nextToken } } });
  });
}
