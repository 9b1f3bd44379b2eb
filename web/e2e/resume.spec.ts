// Requirement document 000, ticket 9: a connection that breaks while an answer streams.
import { expect, staged as test } from "./support/fixtures";
import { STREAM, TURN } from "./support/pages";
import { cutBefore, watchTurns } from "./support/turns";

const WORDS = "My mane keeps my neck warm and makes me look big and brave every single day. ";
const pieces = WORDS.match(/\S+ /g) ?? [];

test.beforeEach(async ({ signIn, chat }) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
});

test("c000_9_4 a dropped connection is taken up again and the whole answer shown", async ({
  chat,
  model,
  page,
}) => {
  const turns = watchTurns(page);
  model.will({ pieces });
  await page.route(STREAM, (route) => cutBefore(route, 6));
  await chat.send("Why do you have a mane?");
  await chat.isNow("reconnecting");
  await expect(chat.status()).toHaveText("Reconnecting…");
  await expect(chat.lastAnswer()).toContainText("My mane");
  await expect(chat.lastAnswer()).toContainText("every single day.");
  await expect(chat.announced()).toContainText(WORDS.trim());
  expect((await chat.words(chat.lastAnswer())).trim()).toBe(WORDS.trim());
  expect(turns).toEqual([{ method: "GET", lastEventId: "5", status: 200 }]);
  await expect(chat.failure()).toBeHidden();
  await chat.isNow("ready");
});

test("c000_9_4 thirty silent seconds are a drop", async ({ chat, model, page }) => {
  await page.clock.install();
  const turns = watchTurns(page);
  model.will({ pieces, holdAt: 3 });
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("My mane keeps");
  await page.clock.fastForward(31_000);
  await chat.isNow("reconnecting");
  await page.clock.fastForward(2_000);
  // It listens again before there is anything more to hear.
  await chat.isNow("answering");
  model.release();
  await expect(chat.lastAnswer()).toContainText("every single day.");
  expect((await chat.words(chat.lastAnswer())).trim()).toBe(WORDS.trim());
  expect(turns.length).toBe(1);
  expect(Number(turns[0]?.lastEventId)).toBeGreaterThan(0);
});

test("c000_9_4 a question that found no server goes again under its turn id", async ({
  chat,
  page,
}) => {
  const turnIds: string[] = [];
  await page.route(STREAM, async (route) => {
    turnIds.push((route.request().postDataJSON() as { turnId: string }).turnId);
    await (turnIds.length === 1 ? route.abort() : route.continue());
  });
  await chat.send("Hello Leo!");
  await chat.isNow("reconnecting");
  await chat.messageIs("sending");
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  expect(turnIds.length).toBe(2);
  expect(new Set(turnIds).size).toBe(1);
});

test("c000_9_4 a question that had arrived is not asked twice", async ({ chat, model, page }) => {
  await chat.send("Hello Leo!");
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  model.will({ pieces });
  const statuses: number[] = [];
  page.on("response", (response) => {
    if (response.request().method() === "POST") statuses.push(response.status());
  });
  await page.route(
    STREAM,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("every single day.");
  expect(statuses).toEqual([200]);
  await chat.page.reload();
  await expect(chat.questions()).toHaveCount(2);
});

test("c000_9_5 a reload in the middle takes the answer up from its beginning", async ({
  chat,
  model,
  page,
}) => {
  model.will({ pieces, holdAt: 3 });
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("My mane keeps");
  await expect(page).toHaveURL(/lion_001\/.+/);
  const turns = watchTurns(page);
  await page.reload();
  await expect(chat.lastAnswer()).toContainText("My mane keeps");
  await chat.isNow("answering");
  await expect(chat.id("stop-button")).toBeVisible();
  model.release();
  await expect(chat.lastAnswer()).toContainText("every single day.");
  expect((await chat.words(chat.lastAnswer())).trim()).toBe(WORDS.trim());
  await expect(chat.questions()).toHaveCount(1);
  expect(turns).toEqual([{ method: "GET", lastEventId: undefined, status: 200 }]);
});

test("c000_9_4 an answer whose stream is gone is found in the history", async ({
  chat,
  model,
  page,
}) => {
  model.will({ pieces });
  const body = JSON.stringify({ status: 404, code: "turn_expired" });
  await page.route(STREAM, (route) => cutBefore(route, 6));
  await page.route(TURN, (route) => route.fulfill({ status: 404, body }));
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("every single day.");
  await expect(chat.failure()).toBeHidden();
});

test("c000_9_5 leaving closes the connection, and the answer is there on return", async ({
  chat,
  model,
  page,
}) => {
  model.will({ pieces, holdAt: 3 });
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("My mane keeps");
  const closed = page.waitForEvent("requestfailed", (request) =>
    request.url().endsWith("/convo_turn/stream"),
  );
  await page.getByRole("link", { name: "Menagerie, all animals" }).click();
  expect((await closed).failure()?.errorText).toBe("net::ERR_ABORTED");
  model.release();
  await page.goBack();
  await expect(chat.lastAnswer()).toContainText("every single day.");
  await expect(chat.questions()).toHaveCount(1);
});

test("c000_9_4 the internet goes away in the middle and comes back", async ({
  chat,
  context,
  model,
}) => {
  model.will({ pieces, holdAt: 3 });
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("My mane keeps");
  await context.setOffline(true);
  await chat.isNow("offline");
  model.release();
  await context.setOffline(false);
  await expect(chat.lastAnswer()).toContainText("every single day.");
  await chat.isNow("ready");
  expect((await chat.words(chat.lastAnswer())).trim()).toBe(WORDS.trim());
});
