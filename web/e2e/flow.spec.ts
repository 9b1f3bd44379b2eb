// Requirement document 000, ticket 14: the way through a chat, up to the answer.
import { DESKTOP, PHONE, expect, test } from "./support/fixtures";

for (const [device, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
  test.describe(device, () => {
    test.use({ viewport, hasTouch: device === "phone" });

    test(`c000_14_2 a chat from the sign-in to the streamed answer, ${device}`, async ({
      page,
      signIn,
      animals,
    }) => {
      await signIn.signIn("student1");
      await animals.goto();
      await page.click('[data-animal="lion_001"]');
      await page.fill('[data-testid="message-input"]', "Hello Leo!");
      await page.click('[data-testid="send-button"]');
      await expect(page.locator('[data-testid="typing-indicator"]')).toBeVisible();
      await expect(page.locator('[data-testid="assistant-message"]').last()).toContainText(
        "Hello!",
      );
      await expect(page.getByTestId("connection-status")).toHaveAttribute("data-status", "ready");
      await page.reload();
      await expect(page.getByTestId("user-message")).toHaveCount(1);
    });
  });
}

for (const [name, calledAs] of [
  ["student1", "Sam"],
  ["parent1", "Pat"],
  ["keeper1", "Kim"],
  ["visitor1", "Vic"],
] as const) {
  test(`c000_14_3 ${name} signs in, chats and signs out`, async ({ page, signIn, chat }) => {
    await signIn.signIn(name);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(calledAs);
    await chat.goto("macaw_001");
    await chat.send("Hello Ruby!");
    await expect(chat.answers()).toHaveCount(2);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in$/);
  });
}

test("c000_14_3 nobody reads without signing in, nor someone else's chat", async ({
  page,
  browser,
  signIn,
  chat,
  baseURL,
}) => {
  await signIn.signIn("student1");
  await chat.goto("lion_001");
  await chat.send("Hello Leo!");
  await expect(page).toHaveURL(/lion_001\/.+/);
  const address = page.url();
  const stranger = await browser.newPage(baseURL ? { baseURL } : {});
  await stranger.goto(address);
  await expect(stranger).toHaveURL(/\/sign-in$/);
  await stranger.locator("[name=email]").fill("student2@test.cmz.org");
  await stranger.locator("[name=password]").fill("testpass123");
  await stranger.locator("[type=submit]").click();
  await expect(stranger.getByText("This conversation belongs to someone else.")).toBeVisible();
  await expect(stranger.getByText("Hello Leo!")).toHaveCount(0);
  await stranger.close();
});

test("a duplicated tab shares its tokens with the first", async ({ page, context, signIn }) => {
  await signIn.signIn("student1");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  const stored = await page.evaluate(() => ({ ...sessionStorage }));
  const twin = await context.newPage();
  let renewals = 0;
  context.on("request", (request) => {
    if (request.url().endsWith("/api/auth/refresh")) renewals += 1;
  });
  // Once only, as a browser copies it; what it renews itself is its own.
  await twin.addInitScript((entries) => {
    if (sessionStorage.length === 0) Object.assign(sessionStorage, entries);
  }, stored);
  await twin.goto("/dashboard/conversations/animals");
  await expect(twin.getByRole("heading", { level: 1 })).toContainText("Sam");
  expect(renewals).toBe(0);
  await page.close();
  await twin.reload();
  await expect(twin.getByRole("heading", { level: 1 })).toContainText("Sam");
  expect(renewals).toBe(1);
});

test("a duplicated tab stays signed in beside the first", async ({ page, context, signIn }) => {
  await signIn.signIn("student1");
  const stored = await page.evaluate(() => ({ ...sessionStorage }));
  const twin = await context.newPage();
  await twin.addInitScript((entries) => Object.assign(sessionStorage, entries), stored);
  await Promise.all([page.reload(), twin.goto("/dashboard/conversations/animals")]);
  for (const tab of [page, twin]) {
    await expect(tab.getByRole("heading", { level: 1 })).toContainText("Sam");
  }
});
