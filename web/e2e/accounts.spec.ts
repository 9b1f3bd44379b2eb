// Administrators make accounts, give them roles, and switch them off and on.
import { randomUUID } from "node:crypto";
import { PHONE, expect, test } from "./support/fixtures";

test("an administrator makes an account, changes its role, switches it off and on", async ({
  page,
  browser,
  signIn,
  baseURL,
}) => {
  await signIn.stay("admin@cmz.org", "admin123");
  await page.goto("/dashboard/conversations/animals");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByTestId("new-account").click();
  const dialog = page.getByRole("dialog", { name: "New account" });
  const email = `${randomUUID()}@test.cmz.org`;
  await expect(dialog.locator("[name=displayName]")).toBeFocused();
  await dialog.locator("[type=submit]").click();
  await expect(dialog.getByRole("alert")).toHaveText("Please fill in a name.");
  await dialog.locator("[name=displayName]").fill("Nour");
  await dialog.locator("[name=email]").fill("parent1@test.cmz.org");
  await dialog.locator("[name=password]").fill("quiet river stones");
  await dialog.locator("[type=submit]").click();
  await expect(dialog.getByRole("alert")).toHaveText("Another account has this email.");
  await expect(dialog.locator("[name=email]")).toBeFocused();
  await dialog.locator("[name=email]").fill(email);
  await dialog.locator("[type=submit]").click();
  await expect(dialog).toHaveCount(0);

  const row = page.locator("[data-account]").filter({ hasText: email });
  await expect(async () => {
    await page.reload();
    await expect(row).toHaveCount(1, { timeout: 2_000 });
  }).toPass();
  await row.getByTestId("role").selectOption("zookeeper");
  await expect(row.getByTestId("role")).toHaveValue("zookeeper");
  await expect(row.getByTestId("role")).toBeEnabled();
  await row.getByTestId("switch").click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await expect(row).toContainText("Switched off");

  const theirs = await browser.newPage(baseURL ? { baseURL } : {});
  await theirs.goto("/sign-in");
  await theirs.locator("[name=email]").fill(email);
  await theirs.locator("[name=password]").fill("quiet river stones");
  await theirs.locator("[type=submit]").click();
  await expect(theirs.getByRole("alert")).not.toBeEmpty();
  await row.getByTestId("switch").click();
  await expect(row).not.toContainText("Switched off");
  await theirs.locator("[type=submit]").click();
  await expect(theirs).toHaveURL(/\/animals$/);
  await theirs.close();
  await page.getByLabel("Role", { exact: true }).selectOption("administrator");
  await expect(page).toHaveURL(/role=administrator$/);
  await expect(row).toHaveCount(0);
  const own = page.locator("[data-account]").filter({ hasText: "admin@cmz.org" });
  await expect(own).toContainText("You");
  await expect(own.getByTestId("switch")).toHaveCount(0);
});

test("nobody but administrators finds the accounts, and the page fits a phone", async ({
  page,
  signIn,
  as,
}) => {
  await signIn.stay("keeper1");
  await page.goto("/accounts");
  await expect(page.getByText("Accounts are for administrators")).toBeVisible();
  await as(
    "admin@cmz.org",
    async ({ page }) => {
      await page.setViewportSize(PHONE);
      await page.goto("/accounts");
      await expect(page.locator("[data-account]").first()).toBeVisible();
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.body.clientWidth,
      );
      expect(wide).toBeLessThanOrEqual(0);
    },
    "admin123",
  );
});
