// A visitor without an account: talks at once, and nothing of it stays.
import type { Page } from "@playwright/test";
import { expect, staged as test } from "./support/fixtures";
import { STREAM } from "./support/pages";
import { cutBefore } from "./support/turns";

type Asked = {
  body: { history?: string[]; sessionId?: string };
  authorization: string | undefined;
};

async function watchQuestions(page: Page): Promise<Asked[]> {
  const asked: Asked[] = [];
  await page.route(STREAM, (route) => {
    const request = route.request();
    const { authorization } = request.headers();
    asked.push({ body: request.postDataJSON() as Asked["body"], authorization });
    return route.continue();
  });
  return asked;
}

test("a visitor without an account talks, and nothing is kept", async ({ page, signIn, chat }) => {
  const asked = await watchQuestions(page);
  await signIn.visit();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.click('[data-animal="lion_001"]');
  await expect(page.getByRole("heading", { name: "Hi!" })).toBeVisible();
  await chat.send("Hello Leo!");
  await expect(chat.answers()).toHaveCount(2);
  await expect(chat.id("send-button")).toBeVisible();
  await chat.send("What do you eat?");
  await expect(chat.answers()).toHaveCount(3);
  await expect(chat.id("send-button")).toBeVisible();
  await expect(chat.failure()).toBeHidden();
  expect(asked.map(({ body }) => body.history)).toEqual([[], ["Hello Leo!"]]);
  for (const { body, authorization } of asked) {
    expect(body.sessionId).toBeUndefined();
    expect(authorization).toBeUndefined();
  }
  await expect(page).toHaveURL(/\/lion_001$/);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Hi!" })).toBeVisible();
  await expect(chat.questions()).toHaveCount(0);
});

test("a visitor can stop an answer, and hears of a drop at once", async ({
  page,
  signIn,
  chat,
  model,
}) => {
  await signIn.visit();
  await chat.goto("lion_001");
  await page.route(STREAM, (route) => cutBefore(route, 2), { times: 1 });
  await chat.send("Hello Leo!");
  await expect(page.getByRole("alert")).toContainText("broke off");
  await chat.retry().click();
  await expect(chat.failure()).toBeHidden();
  await expect(chat.answers()).toHaveCount(2);
  await expect(chat.id("send-button")).toBeVisible();
  model.will({ pieces: ["Once ", "upon ", "a ", "time."], holdAt: 2 });
  await chat.send("Tell me a long story!");
  await expect(chat.lastAnswer()).toContainText("Once upon");
  await chat.id("stop-button").click();
  await expect(chat.stopped()).toBeVisible();
  await expect(chat.failure()).toBeHidden();
});

test("the way to sign in stays open, and leads back to the animal", async ({
  page,
  signIn,
  chat,
}) => {
  await signIn.visit();
  await chat.goto("macaw_001");
  await chat.send("Hello Ruby!");
  await expect(chat.answers()).toHaveCount(2);
  await page.getByRole("button", { name: "Settings" }).click();
  await expect(page.getByText("Nothing is kept.")).toBeVisible();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.locator("[name=email]").fill("student1@test.cmz.org");
  await page.locator("[name=password]").fill("testpass123");
  await page.locator("[type=submit]").click();
  await expect(page).toHaveURL(/\/macaw_001$/);
  await expect(page.getByRole("heading", { name: "Hi, Sam!" })).toBeVisible();
  await expect(chat.questions()).toHaveCount(0);
});

test("a zoo that wants to know its visitors offers nothing else", async ({ page }) => {
  await page.route("**/api/auth/options", (route) => route.fulfill({ json: { visitors: false } }));
  const answered = page.waitForResponse("**/api/auth/options");
  await page.goto("/sign-in");
  await answered;
  await expect(page.locator("[type=submit]")).toBeVisible();
  await expect(page.getByTestId("visitor-entry")).toHaveCount(0);
});
