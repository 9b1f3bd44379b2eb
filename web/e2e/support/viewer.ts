// The page of a stored conversation as a person meets it, and a conversation longer than one can be made here.
import { expect, type Page } from "@playwright/test";

export class ViewerPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  readonly id = (testId: string) => this.page.getByTestId(testId);
  readonly messages = () => this.page.locator("[data-message]");
  readonly problem = () => this.id("viewer-problem");
  readonly owner = () => this.id("session-owner");

  async goto(sessionId: string) {
    await this.page.goto(`/history/${sessionId}`);
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
  }
}

const ID = "00000000-0000-7000-8000-";

/** Answers the reads of a conversation with this many messages, in the pages they are asked for. */
export async function longConversation(page: Page, total: number) {
  const asked: string[] = [];
  const message = (index: number) => ({
    messageId: `${ID}${String(index).padStart(12, "0")}`,
    turnId: `${ID}${String(index >> 1).padStart(12, "0")}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    sender: index % 2 === 0 ? "user" : "assistant",
    content: `Message number ${index + 1}. ${"And more of it. ".repeat(index % 9)}`,
    metadata: index % 2 === 0 ? {} : { tokensUsed: 12, latencyMs: 900, finishReason: "stop" },
  });
  await page.route("**/api/conversations/history/*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const limit = Number(query.get("limit"));
    const from = Number(query.get("nextToken") ?? 0);
    asked.push(query.get("nextToken") ?? "first");
    const count = Math.min(limit, total - from);
    const isMore = from + count < total;
    return route.fulfill({
      json: {
        sessionId: `${ID}000000000000`,
        userId: "0190f3a1-7b2c-7def-8123-000000000001",
        animalId: "lion_001",
        animalName: "Leo the Lion",
        startTime: message(0).timestamp,
        endTime: message(total - 1).timestamp,
        messages: Array.from({ length: count }, (_, index) => message(from + index)),
        statistics: {
          totalMessages: total,
          userMessages: total / 2,
          assistantMessages: total / 2,
          totalTokens: total * 6,
          averageResponseTime: 900,
        },
        pagination: { limit, hasMore: isMore, ...(isMore && { nextToken: String(from + count) }) },
      },
    });
  });
  return { sessionId: `${ID}000000000000`, asked };
}
