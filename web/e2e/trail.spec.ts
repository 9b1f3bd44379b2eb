// Who read what, in plain words and in full; and what gave alarm.
import { AlertsPage, TrailPage } from "./support/family";
import { PHONE, expect, test } from "./support/fixtures";
import { ask, tokenOf } from "./support/server";

test("a child and its guardian see who read a conversation and why, and not which keeper", async ({
  page,
  request,
  signIn,
  viewer,
  as,
}) => {
  const child = await tokenOf(request, "student1");
  const keeper = await tokenOf(request, "keeper1");
  const sessionId = await ask(request, child.headers);
  const address = `/api/conversations/history/${sessionId}`;
  const reason = "A teacher asked about this one";
  const headers = { ...keeper.headers, "X-Access-Reason": reason };
  expect((await request.get(address, { headers })).status()).toBe(200);
  await signIn.stay("student1");
  await viewer.goto(sessionId);
  await viewer.id("trail-link").click();
  await expect(page).toHaveURL(new RegExp(`/trail\\?session=${sessionId}$`));
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  const trail = new TrailPage(page);
  const looked = trail.entries("conversation_viewed").filter({ hasText: reason });
  await expect(async () => {
    await page.reload();
    await expect(looked).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(looked).toContainText("A conversation was read");
  await expect(looked.getByTestId("by")).toHaveText("A zookeeper");
  expect(await page.locator("main").textContent()).not.toContain(keeper.userId);
  await page.getByRole("button", { name: /^Take away/ }).click();
  await expect(page).toHaveURL(/\/trail$/);

  await as("parent1", async ({ page }) => {
    const trail = new TrailPage(page);
    await trail.goto();
    const looked = trail.entries("conversation_viewed").filter({ hasText: reason }).first();
    await expect(looked.getByTestId("whose")).toHaveText("Sam");
    await page.getByRole("button", { name: "Mia" }).click();
    await expect(page).toHaveURL(/about=/);
    await expect(page.getByText(reason)).toHaveCount(0);
    await page.getByRole("button", { name: "Sam" }).click();
    await looked.getByRole("link", { name: "Open the conversation" }).click();
    await expect(page).toHaveURL(/\/history\//);
  });
});

test("an administrator narrows the trail by what an entry says, and checks it", async ({
  page,
  request,
  signIn,
}) => {
  const child = await tokenOf(request, "student1");
  const keeper = await tokenOf(request, "keeper1");
  const sessionId = await ask(request, child.headers);
  const headers = { ...keeper.headers, "X-Access-Reason": "A question about safety" };
  await request.get(`/api/conversations/history/${sessionId}`, { headers });
  const trail = new TrailPage(page);
  await signIn.stay("admin@cmz.org", "admin123");
  await trail.goto("?event=conversation_viewed");
  const looked = trail.entries().filter({ hasText: "A question about safety" }).first();
  await expect(async () => {
    await page.reload();
    await expect(looked).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await looked.getByText("Details").click();
  await expect(looked).toContainText("read_history");
  await looked.getByTitle("Only this conversation").click();
  await expect(page).toHaveURL(new RegExp(`session=${sessionId}`));
  await expect(trail.entries()).toHaveCount(1);
  await trail.id("event").selectOption("");
  await expect(trail.entries("conversation_changed").first()).toBeVisible();
  await page.getByRole("button", { name: /^Take away: Conversation/ }).click();
  await looked.getByTitle("Only what this person did").click();
  await expect(page).toHaveURL(new RegExp(`by=${keeper.userId}`));
  await trail.id("from").fill("2020-01-01");
  await trail.id("to").fill("2020-01-02");
  await expect(trail.id("nothing-found")).toBeVisible();
  await page.getByRole("button", { name: "Show everything" }).click();
  await expect(trail.entries("audit_viewed").first()).toBeVisible();
  await trail.id("verify").click();
  await expect(trail.id("report")).toHaveAttribute("data-verified", "true");
  await expect(trail.id("report")).toContainText("The trail is whole");
});

test("a trail that was tampered with is said to be broken", async ({ page, signIn }) => {
  const trail = new TrailPage(page);
  await signIn.stay("admin@cmz.org", "admin123");
  await page.route("**/api/audit/verify", (route) =>
    route.fulfill({
      json: { verified: false, entries: 4, firstBroken: { block: 7, flaw: "entry_changed" } },
    }),
  );
  await trail.goto();
  await trail.id("verify").click();
  await expect(trail.id("report")).toHaveAttribute("data-verified", "false");
  await expect(trail.id("report")).toContainText("First found at block 7: an entry was changed.");
});

test("pages without entries are looked through, and more come when asked for", async ({
  page,
  signIn,
}) => {
  const entry = (id: number) => ({
    logId: `00000000-0000-7000-8000-${String(id).padStart(12, "0")}`,
    timestamp: new Date(Date.UTC(2026, 0, 1, 12, id)).toISOString(),
    eventType: "conversation_viewed",
    action: "read_history",
    by: id % 2 === 0 ? "your guardian" : "a zookeeper",
    result: "success",
  });
  await page.route("**/api/audit?*", (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get("nextToken") ?? 0);
    const entries = at < 3 ? [] : [entry(2 * at), entry(2 * at + 1)];
    const hasMore = at < 4;
    const pagination = { limit: 50, hasMore, ...(hasMore && { nextToken: String(at + 1) }) };
    return route.fulfill({ json: { entries, pagination } });
  });
  const trail = new TrailPage(page);
  await signIn.stay("student2");
  await trail.goto();
  await expect(trail.entries()).toHaveCount(2);
  await trail.id("more").click();
  await expect(trail.entries()).toHaveCount(4);
  await expect(trail.id("more")).toHaveCount(0);
});

test("keepers and administrators see what gave alarm; nobody else does", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const child = await tokenOf(request, "student1");
  const other = await tokenOf(request, "student3");
  const sessionId = await ask(request, child.headers);
  const address = `/api/conversations/history/${sessionId}`;
  expect((await request.get(address, { headers: other.headers })).status()).toBe(403);
  const alerts = new AlertsPage(page);
  await signIn.stay("keeper1");
  const alert = alerts.alerts("access_denied").filter({ hasText: other.userId.slice(-6) });
  await expect(async () => {
    await alerts.goto();
    await expect(alert.first()).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(alert.first()).toContainText("Access was refused");
  await expect(alert.first().getByRole("link", { name: "The entries in the trail" })).toHaveCount(
    0,
  );
  await alert.first().getByRole("link", { name: "Their conversations" }).click();
  await expect(page).toHaveURL(new RegExp(`who=${other.userId}`));
  await as(
    "admin@cmz.org",
    async ({ page }) => {
      const alerts = new AlertsPage(page);
      await alerts.goto();
      const alert = alerts.alerts("access_denied").filter({ hasText: other.userId.slice(-6) });
      await alert.first().getByRole("link", { name: "The entries in the trail" }).click();
      const refused = new TrailPage(page).entries("unauthorized_access_attempt");
      await expect(refused.first()).toContainText("was refused");
    },
    "admin123",
  );
  await as("parent1", async ({ page }) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto("/alerts/");
    await expect(page.getByText("Alerts are for zookeepers and administrators")).toBeVisible();
    expect(asked.filter((url) => url.includes("/api/alerts"))).toEqual([]);
  });
});

test("no alerts, no trail, no answer: each says so, and the pages fit a phone", async ({
  page,
  context,
  signIn,
}) => {
  await page.setViewportSize(PHONE);
  const overflow = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  const none = { pagination: { limit: 50, hasMore: false } };
  await signIn.stay("admin@cmz.org", "admin123");
  await page.route("**/api/alerts", (route) => route.fulfill({ json: { alerts: [], ...none } }));
  await page.route("**/api/audit?*", (route) => route.fulfill({ json: { entries: [], ...none } }));
  const alerts = new AlertsPage(page);
  const trail = new TrailPage(page);
  await alerts.goto();
  await expect(alerts.id("empty-state")).toContainText("All quiet");
  expect(await overflow()).toBe(0);
  await trail.goto();
  await expect(trail.id("empty-state")).toContainText("Nobody has looked");
  expect(await overflow()).toBe(0);
  await page.unrouteAll();
  await page.route("**/api/audit?*", (route) =>
    route.fulfill({ status: 403, json: { code: "forbidden" } }),
  );
  await page.reload();
  await expect(trail.id("list-problem")).toContainText("We could not load the trail");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(trail.entries().first()).toBeVisible();
  expect(await overflow()).toBe(0);
  await context.setOffline(true);
  await expect(page.getByText("No internet.")).toBeVisible();
  await context.setOffline(false);
});
