// Requirement document 000, ticket 8: reading a stored conversation.
import { PHONE, expect, test } from "./support/fixtures";
import { ask, newAccount, tokenOf } from "./support/server";
import { longConversation } from "./support/viewer";

test("c000_8_1 c000_8_2 c000_8_3 all messages stand in order, questions right, answers left with a portrait", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  const sessionId = await ask(request, headers, { message: "Hello Leo!" });
  await ask(request, headers, { message: "What do you eat?", sessionId });
  const told = await request.get(`/api/conversations/history/${sessionId}`, { headers });
  const { messages } = (await told.json()) as { messages: { messageId: string }[] };
  await signIn.stay(email, password);
  await viewer.goto(sessionId);
  await expect(viewer.messages()).toHaveCount(4);
  const shown = await viewer
    .messages()
    .evaluateAll((all) => all.map((each) => each.getAttribute("data-message")));
  expect(shown).toEqual(messages.map(({ messageId }) => messageId));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Leo the Lion");
  const list = await page.getByRole("list", { name: /Conversation with/ }).boundingBox();
  const sides = await viewer.messages().evaluateAll((all) =>
    all.map((each) => {
      const words = each.querySelector("p")?.closest("div[class*=rounded]");
      const { left, right } = words?.getBoundingClientRect() ?? { left: 0, right: 0 };
      const colour = words ? getComputedStyle(words).backgroundColor : "";
      return { left, right, colour, hasPortrait: each.querySelector("img[src*=lion]") !== null };
    }),
  );
  const [question, answer] = sides;
  if (!question || !answer || !list) throw new Error("nothing is shown");
  expect(Math.round(question.right)).toBe(Math.round(list.x + list.width));
  expect(question.left).toBeGreaterThan(answer.left);
  expect(question.hasPortrait).toBe(false);
  expect(answer.hasPortrait).toBe(true);
  expect(question.colour).not.toBe(answer.colour);
  await expect(viewer.id("statistics")).toContainText("Questions2");
  await viewer.id("back-button").click();
  await expect(page).toHaveURL(/\/history$/);
});

test("c000_8_4 a time shows itself in full on hover and on focus, and Escape closes it", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  const sessionId = await ask(request, headers);
  await signIn.stay(email, password);
  await viewer.goto(sessionId);
  const time = viewer.id("message-time").first();
  const tip = page.getByRole("tooltip");
  const year = String(new Date().getFullYear());
  await time.hover();
  await expect(tip).toContainText(year);
  await expect(tip).toContainText(/\d:\d\d:\d\d/);
  await page.mouse.move(0, 0);
  await expect(tip).toHaveCount(0);
  await time.focus();
  await expect(tip).toContainText(year);
  await expect(time).toHaveAccessibleDescription(new RegExp(year));
  await page.keyboard.press("Escape");
  await expect(tip).toHaveCount(0);
  await viewer.id("message-details").last().focus();
  await expect(tip).toContainText("Tokens");
  await expect(tip).toContainText("Answered in");
});

test("c000_8_6 a conversation prints whole, dark or light, without what is for the screen", async ({
  page,
  signIn,
  viewer,
}) => {
  await page.emulateMedia({ colorScheme: "dark" });
  const { sessionId } = await longConversation(page, 240);
  await signIn.stay("student1");
  await page.addInitScript(() => {
    window.print = () => dispatchEvent(new Event("beforeprint"));
  });
  await viewer.goto(sessionId);
  await expect(viewer.messages().first()).toBeVisible();
  expect(await viewer.messages().count()).toBeLessThan(60);
  await viewer.id("print-button").click();
  await expect(viewer.messages()).toHaveCount(240);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(viewer.id("print-button")).toBeHidden();
  await expect(viewer.id("back-button")).toBeHidden();
  await expect(page.getByRole("button", { name: "Settings" })).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const ink = await page.locator("body").evaluate((body) => {
    const canvas = document.createElement("canvas").getContext("2d");
    if (!canvas) throw new Error("no canvas");
    canvas.fillStyle = getComputedStyle(body).color;
    canvas.fillRect(0, 0, 1, 1);
    return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
  });
  expect(ink).toBeLessThan(90);
  const isCut = await viewer
    .id("transcript")
    .evaluate((box) => box.scrollHeight > box.clientHeight + 2);
  expect(isCut).toBe(false);
  const pdf = await page.pdf();
  expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(5);
});

test("c000_8_7 who may not read a conversation is told so, and so is who comes too late", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { headers } = await tokenOf(request, "student1");
  const sessionId = await ask(request, headers, { message: "A secret of Sam's" });
  await signIn.stay("parent2");
  await viewer.goto(sessionId);
  await expect(viewer.problem()).toHaveAttribute("data-status", "403");
  await expect(viewer.problem()).toContainText("This conversation belongs to someone else.");
  await expect(page.getByText("A secret of Sam's")).toHaveCount(0);
  await viewer.goto("0190f3a1-7b2c-7def-8123-456789abcdef");
  await expect(viewer.problem()).toHaveAttribute("data-status", "404");
  await page.route("**/api/conversations/history/*", (route) => route.abort());
  await viewer.goto(sessionId);
  await expect(viewer.problem()).toHaveAttribute("data-status", "unreachable", { timeout: 15_000 });
  await page.unroute("**/api/conversations/history/*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(viewer.problem()).toHaveAttribute("data-status", "403");
});

test("c000_8_8 a long conversation loads page by page and keeps few messages in the page", async ({
  page,
  signIn,
  viewer,
}) => {
  const { sessionId, asked } = await longConversation(page, 1_000);
  await signIn.stay("student1");
  await viewer.goto(sessionId);
  await expect(page.getByText("Message number 1.", { exact: false }).first()).toBeVisible();
  expect(asked).toEqual(["first"]);
  const scroller = viewer.id("transcript");
  await scroller.focus();
  for (let turn = 0; turn < 8; turn += 1) await page.keyboard.press("End");
  await expect.poll(() => asked.length).toBeGreaterThan(1);
  expect(await viewer.messages().count()).toBeLessThan(60);
  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(page.getByText("Message number 1000.")).toBeInViewport({ timeout: 15_000 });
  expect(asked).toHaveLength(10);
  expect(new Set(asked).size).toBe(10);
  expect(await viewer.messages().count()).toBeLessThan(60);
  await expect(scroller).toBeFocused();
});

test("c000_8_8 a page that does not come is asked for again by its reader only", async ({
  page,
  signIn,
  viewer,
}) => {
  const { sessionId } = await longConversation(page, 200);
  let refused = 0;
  await page.route("**/api/conversations/history/*nextToken*", (route) => {
    refused += 1;
    return refused > 1 ? route.fallback() : route.fulfill({ status: 403, json: { code: "x" } });
  });
  await signIn.stay("student1");
  await viewer.goto(sessionId);
  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(page.getByText("We could not load what comes next.")).toBeVisible();
  expect(refused).toBe(1);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("We could not load what comes next.")).toHaveCount(0);
});

test("c000_10_4 a parent sees whose conversation it is, and deletes what the child asked to delete", async ({
  page,
  request,
  signIn,
  viewer,
  as,
}) => {
  const child = await tokenOf(request, "student1");
  const sessionId = await ask(request, child.headers);
  await signIn.stay("student1");
  await viewer.goto(sessionId);
  await expect(viewer.messages()).toHaveCount(2);
  await expect(viewer.owner()).toHaveCount(0);
  await expect(viewer.id("share-button")).toHaveCount(0);
  await viewer.id("delete-button").click();
  await expect(page.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(viewer.id("delete-button")).toBeFocused();
  await viewer.id("delete-button").click();
  await viewer.id("confirm-delete").click();
  await expect(page.getByRole("dialog")).toContainText("Your wish is noted");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(viewer.messages()).toHaveCount(2);
  await as("parent1", async ({ page, viewer }) => {
    await viewer.goto(sessionId);
    await expect(viewer.owner()).toHaveText("Conversation of Sam");
    await expect(viewer.messages().first()).toContainText("Sam said:");
    await viewer.id("delete-button").click();
    await viewer.id("confirm-delete").click();
    await expect(page).toHaveURL(/\/history$/);
    await viewer.goto(sessionId);
    await expect(viewer.problem()).toHaveAttribute("data-status", "410");
    await expect(viewer.problem()).toContainText("This conversation was erased");
  });
});

test("staff say why they open a child's conversation, in any language, for this visit only", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { headers } = await tokenOf(request, "student1");
  const sessionId = await ask(request, headers);
  const reasons: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (!request.url().includes(`/api/conversations/history/${sessionId}`)) return;
    reasons.push(request.headers()["x-access-reason"]);
  });
  await signIn.stay("keeper1");
  await viewer.goto(sessionId);
  const dialog = page.getByRole("dialog", { name: "Why do you look at this conversation?" });
  await expect(dialog.locator("[name=reason]")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "Say why" }).click();
  await dialog.getByRole("button", { name: "Open the conversation" }).click();
  await expect(dialog.getByRole("alert")).toContainText("1 to 200");
  await dialog.locator("[name=reason]").fill("孩子看起来很难过");
  await dialog.getByRole("button", { name: "Open the conversation" }).click();
  await expect(viewer.messages()).toHaveCount(2);
  await expect(viewer.owner()).toHaveText("Somebody else");
  await expect(viewer.id("export-button")).toHaveCount(0);
  const [, given = ""] = reasons;
  expect(reasons).toEqual([undefined, given]);
  expect(Buffer.from(given, "latin1").toString("utf8")).toBe("孩子看起来很难过");
  await page.reload();
  await expect(dialog).toBeVisible();
});

test("c000_8_1 the page of a conversation fits a phone", async ({ page, signIn, viewer }) => {
  await page.setViewportSize(PHONE);
  const { sessionId } = await longConversation(page, 120);
  await signIn.stay("student1");
  await viewer.goto(sessionId);
  await expect(viewer.messages().first()).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  await expect(viewer.id("print-button")).toBeInViewport();
});
