// What else happens in a chat: stopping, being offline, not being allowed.
import { expect, staged as test } from "./support/fixtures";
import { STREAM } from "./support/pages";

const pieces = ["One ", "two ", "three ", "four ", "five."];

test("stopping keeps the words and lets the next question go at once", async ({
  signIn,
  chat,
  model,
  page,
}) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
  model.will({ pieces, holdAt: 2 });
  await chat.send("Count!");
  await expect(chat.lastAnswer()).toContainText("One two");
  await chat.id("stop-button").click();
  await expect(chat.id("stopped-mark")).toHaveText("Stopped");
  await expect(chat.id("message-input")).toBeFocused();
  await expect(chat.caret()).toHaveCount(0);
  model.will({ pieces: ["Hello again!"] });
  await chat.send("Hello?");
  await expect(chat.lastAnswer()).toContainText("Hello again!");
  await expect(chat.answers().nth(1)).not.toContainText("three");
  model.release();
  // The server has heard the first answer out by itself.
  await expect(async () => {
    await page.reload();
    await expect(chat.page.getByText("One two three four five.")).toBeVisible({ timeout: 800 });
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
  await page.route(
    STREAM,
    async (route) => {
      const response = await route.fetch();
      const body = await response.text();
      await route.fulfill({ response, body: body.slice(0, body.indexOf("id: 2")) });
    },
    { times: 1 },
  );
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
  await expect(chat.questions()).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Hi, Sam!" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(chat.questions()).toHaveCount(1);
});
