// What else happens in a chat: stopping, being offline, not being allowed.
import { expect, staged as test } from "./support/fixtures";
import { STREAM, TURN } from "./support/pages";
import { cutBefore, limit, useUpBudget, watchTurns } from "./support/turns";

const pieces = ["One ", "two ", "three ", "four ", "five."];

test("stopping keeps the words, here and in the history, and the next question goes at once", async ({
  signIn,
  chat,
  model,
  page,
}) => {
  const turns = watchTurns(page);
  await signIn.stay("student1");
  await chat.goto("lion_001");
  model.will({ pieces, holdAt: 2 });
  await chat.send("Count!");
  await expect(chat.lastAnswer()).toContainText("One two");
  await chat.id("stop-button").click();
  await expect(chat.stopped()).toHaveText("Stopped");
  await expect(chat.id("message-input")).toBeFocused();
  await expect(chat.caret()).toHaveCount(0);
  model.will({ pieces: ["Hello again!"] });
  await chat.send("Hello?");
  await expect(chat.lastAnswer()).toContainText("Hello again!");
  await expect
    .poll(() => turns)
    .toEqual([{ method: "DELETE", lastEventId: undefined, status: 202 }]);
  const words = await chat.words(chat.answers().nth(1));
  expect(words.trim()).toBe("One two");
  await page.reload();
  await expect(chat.questions()).toHaveCount(2);
  await expect(chat.stopped()).toHaveCount(1);
  expect(await chat.words(chat.answers().nth(1))).toBe(words);
  model.release();
});

test("stopping before the first word leaves no answer behind", async ({
  signIn,
  chat,
  model,
  page,
}) => {
  const turns = watchTurns(page);
  await signIn.stay("student1");
  await chat.goto("lion_001");
  model.will({ pieces, holdAt: 0 });
  await chat.send("Count!");
  await chat.messageIs("sent");
  await chat.id("stop-button").click();
  await expect(chat.stopped()).toBeVisible();
  await expect(chat.typing()).toBeHidden();
  await expect.poll(() => turns.at(0)?.status).toBe(202);
  await expect(chat.answers()).toHaveCount(1);
});

test("a stop that does not get through keeps what was shown", async ({
  signIn,
  chat,
  model,
  page,
}) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
  model.will({ pieces, holdAt: 2 });
  await page.route(TURN, (route) => route.abort());
  await chat.send("Count!");
  await expect(chat.lastAnswer()).toContainText("One two");
  await chat.id("stop-button").click();
  await expect(chat.stopped()).toBeVisible();
  await expect(chat.failure()).toBeHidden();
  model.release();
  // Unasked to stop, the server hears the answer out and keeps it.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("One two three four five.")).toBeVisible({ timeout: 800 });
  }).toPass();
});

test("a message written offline waits and goes out by itself", async ({
  signIn,
  chat,
  context,
}) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
  await context.setOffline(true);
  await chat.isNow("offline");
  await chat.send("Are you there?");
  await chat.messageIs("queued");
  await expect(chat.typing()).toBeHidden();
  await context.setOffline(false);
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  await chat.messageIs("sent");
});

test("too many questions: the words stay, and go again when the rest is over", async ({
  signIn,
  chat,
  page,
}) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
  const turnIds: string[] = [];
  await limit(page, 3);
  await page.route(STREAM, (route) => {
    turnIds.push((route.request().postDataJSON() as { turnId: string }).turnId);
    return route.fallback();
  });
  await chat.send("Hello Leo!");
  await expect(chat.failure()).toHaveAttribute("data-kind", "limit");
  await expect(page.getByRole("alert")).toContainText("rests for a while");
  await expect(chat.retry()).toHaveText(/Try again in \d s/);
  await expect(chat.retry()).toHaveText("Try again");
  // The button is free again, and nothing has gone by itself.
  expect(turnIds.length).toBe(1);
  await chat.retry().click();
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  await chat.messageIs("sent");
  expect(turnIds[1]).toBe(turnIds[0]);
  await expect(chat.questions()).toHaveCount(1);
});

test("when the day's words are used up the animal has cards to turn over", async ({
  signIn,
  chat,
  page,
}) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
  await useUpBudget(page, "My voice is tired for today. ");
  await chat.send("Hello Leo!");
  await expect(chat.lastAnswer()).toContainText("My voice is tired");
  const cards = chat.facts().locator("details");
  await expect(cards.first()).toBeVisible();
  await expect(chat.facts().getByRole("link")).toHaveCount(0);
  await cards.first().locator("summary").click();
  const link = chat.facts().getByRole("link");
  await expect(link).toBeVisible();
  await expect(link).toHaveAttribute("href", /^https:/);
  await page.keyboard.press("Enter");
  await expect(link).toBeHidden();
});

test("a child without consent reads kind words and no retry", async ({ signIn, chat }) => {
  await signIn.stay("student3");
  await chat.goto("lion_001");
  await chat.send("Hello Leo!");
  await expect(chat.failure()).toHaveAttribute("data-kind", "consent");
  await expect(chat.page.getByRole("alert")).toContainText("has to say yes");
  await expect(chat.retry()).toHaveCount(0);
  await chat.messageIs("unsent");
});

test("a visitor chats on, and of a drop hears at once", async ({ signIn, chat, page }) => {
  await signIn.stay("visitor1");
  await chat.goto("lion_001");
  await chat.send("Hello Leo!");
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  await page.route(STREAM, (route) => cutBefore(route, 2), { times: 1 });
  await chat.send("And then?");
  await expect(chat.page.getByRole("alert")).toContainText("broke off");
  await chat.retry().click();
  await expect(chat.failure()).toBeHidden();
  await expect(chat.answers()).toHaveCount(3);
});

test("a new chat begins empty and the old one stays at its address", async ({
  signIn,
  chat,
  page,
}) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
  await chat.send("Hello Leo!");
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  const address = page.url();
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(chat.id("message-input")).toBeFocused();
  await expect(chat.questions()).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Hi, Sam!" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(chat.questions()).toHaveCount(1);
});
