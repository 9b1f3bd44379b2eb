// Requirement document 000, ticket 14: WCAG 2.2 AA in every language, light and dark.
import { expectAccessible } from "./support/accessible";
import { PHONE, expect, staged as test } from "./support/fixtures";
import { ask, newAccount, tokenOf } from "./support/server";
import { limit, useUpBudget } from "./support/turns";

for (const locale of ["en-US", "es-ES", "zh-CN"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${locale}, ${colorScheme}`, () => {
      // Movement would be caught half way, where nothing has its colour yet.
      test.use({ locale, colorScheme, contextOptions: { reducedMotion: "reduce" } });
      if (colorScheme === "dark") test.use({ viewport: PHONE });

      test(`c000_14_6 no violations, ${locale}, ${colorScheme}`, async ({
        page,
        signIn,
        animals,
        chat,
        model,
      }) => {
        await page.goto("/sign-in");
        await page.locator("[type=submit]").click();
        await expect(page.getByRole("alert")).not.toBeEmpty();
        await expectAccessible(page, "sign-in");
        await signIn.stay("student1");
        await animals.goto();
        await expect(animals.animal("lion_001")).toBeVisible();
        await expectAccessible(page, "animals");
        await chat.goto("lion_001");
        await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
        await expectAccessible(page, "empty chat");
        model.will({ pieces: ["I like:\n", "- naps\n", "- **shade**"] });
        await chat.send("🦁?");
        await expect(chat.lastAnswer().locator("li")).toHaveCount(2);
        await expect(chat.id("send-button")).toBeVisible();
        await expectAccessible(page, "chat with messages");
        model.will({ pieces: [], status: 429 });
        await chat.send("?");
        await expect(chat.retry()).toBeVisible();
        await expectAccessible(page, "error");
        await limit(page, 60);
        await chat.retry().click();
        await expect(chat.failure()).toHaveAttribute("data-kind", "limit");
        await expectAccessible(page, "too many questions");
        await useUpBudget(page, "🦁");
        await chat.send("??");
        await chat.facts().locator("summary").first().click();
        await expectAccessible(page, "fact cards");
        await page.locator("[popovertarget]").click();
        await expectAccessible(page, "settings");
      });

      test(`c000_14_6 no violations without an account, ${locale}, ${colorScheme}`, async ({
        page,
        signIn,
        chat,
      }) => {
        await page.goto("/sign-in");
        await expect(page.getByTestId("visitor-entry")).toBeVisible();
        await expectAccessible(page, "sign-in with another way in");
        await signIn.visit();
        await expectAccessible(page, "animals, to a visitor");
        await chat.goto("lion_001");
        await expectAccessible(page, "empty chat of a visitor");
        await page.locator("[popovertarget]").click();
        await expectAccessible(page, "settings of a visitor");
      });

      test(`c000_14_6 no violations in passwords and accounts, ${locale}, ${colorScheme}`, async ({
        page,
        signIn,
        as,
      }) => {
        await page.goto("/reset-password");
        await page.locator("[type=submit]").click();
        await expect(page.getByRole("alert")).not.toBeEmpty();
        await expectAccessible(page, "asking for a link");
        await page.goto("/reset-password#not-a-link");
        await page.locator("[type=submit]").click();
        await expect(page.getByRole("alert")).not.toBeEmpty();
        await expectAccessible(page, "choosing a password");
        await signIn.stay("parent1");
        await page.goto("/password");
        await page.locator("[type=submit]").click();
        await expect(page.getByRole("alert")).not.toBeEmpty();
        await expectAccessible(page, "changing a password");
        await as(
          "admin@cmz.org",
          async ({ page }) => {
            await page.goto("/accounts");
            await expect(page.locator("[data-account]").first()).toBeVisible();
            await page.getByTestId("erase").first().click();
            await page.getByTestId("erase").nth(1).click();
            await expect(page.locator("[data-erase]").nth(3)).toBeVisible();
            await expectAccessible(page, "accounts, two of them open to be erased");
            await page.getByTestId("new-account").click();
            await page.getByRole("dialog").locator("[type=submit]").click();
            await expect(page.getByRole("alert").last()).not.toBeEmpty();
            await expectAccessible(page, "a new account");
          },
          "admin123",
        );
      });

      test(`c000_14_6 no violations among past conversations, ${locale}, ${colorScheme}`, async ({
        page,
        request,
        signIn,
        history,
        viewer,
        as,
      }) => {
        test.slow();
        const { headers } = await tokenOf(request, "student1");
        const sessionId = await ask(request, headers, { message: "🦁?" });
        await signIn.stay("parent1");
        await history.goto();
        await expect(history.rows().first()).toBeVisible();
        if (colorScheme === "dark") await history.id("filters").click();
        await expect(page.getByRole("grid")).toBeVisible();
        await expectAccessible(page, "the list of a family");
        if (colorScheme === "dark") await page.keyboard.press("Escape");
        await history.id("search").fill("🦁");
        await expect(history.id("excerpt").first()).toBeVisible();
        await expectAccessible(page, "what was found");
        await history.id("search").fill("Xylophon 12345");
        await expect(history.id("nothing-found")).toBeVisible();
        await expectAccessible(page, "nothing found");
        await viewer.goto(sessionId);
        await viewer.id("message-details").last().focus();
        await expect(page.getByRole("tooltip")).toBeVisible();
        await expectAccessible(page, "a conversation");
        for (const button of ["export-button", "share-button", "delete-button"]) {
          await viewer.id(button).click();
          await expect(page.getByRole("dialog")).toBeVisible();
          await expectAccessible(page, button);
          await page.keyboard.press("Escape");
          await expect(page.getByRole("dialog")).toHaveCount(0);
        }
        await viewer.goto("0190f3a1-7b2c-7def-8123-456789abcdef");
        await expect(viewer.problem()).toBeVisible();
        await expectAccessible(page, "a conversation that is gone");
        const nobody = await newAccount(request);
        await as(
          nobody.email,
          async ({ page, history }) => {
            await history.goto();
            await expect(history.id("empty-state")).toBeVisible();
            await expectAccessible(page, "no conversations yet");
          },
          nobody.password,
        );
        await as("keeper1", async ({ page, viewer }) => {
          await viewer.goto(sessionId);
          await expect(page.getByRole("dialog")).toBeVisible();
          await expectAccessible(page, "asked for a reason");
        });
      });
    });
  }
}
