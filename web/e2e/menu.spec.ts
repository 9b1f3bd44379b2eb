// What one finds in the menu, and how one leaves.
import { expect, test } from "./support/fixtures";

test("signing out ends the sign-in on the server, and offline it ends here", async ({
  page,
  context,
  request,
  signIn,
}) => {
  await signIn.signIn("student1");
  const token = await page.evaluate(() => sessionStorage.getItem("menagerie.refresh"));
  await page.getByRole("button", { name: "Settings" }).click();
  const revoked = page.waitForResponse("**/api/auth/logout");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  expect((await revoked).status()).toBe(204);
  const again = await request.post("/api/auth/refresh", { data: { refreshToken: token } });
  expect(again.status()).toBe(401);

  await signIn.signIn("student1");
  await page.getByRole("button", { name: "Settings" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  expect(await page.evaluate(() => sessionStorage.getItem("menagerie.refresh"))).toBeNull();
  await context.setOffline(false);
});

test.describe("what one finds in the menu", () => {
  for (const [name, password, expected] of [
    ["student1", undefined, ["Conversations", "Family", "Who read this?"]],
    ["parent1", undefined, ["Conversations", "Family", "Invitations", "Who read this?"]],
    ["keeper1", undefined, ["Conversations", "Families", "Alerts", "Who read this?"]],
    [
      "admin@cmz.org",
      "admin123",
      ["Conversations", "Families", "Alerts", "Audit trail", "Accounts"],
    ],
  ] as const) {
    test(`${name} finds their own pages, by keyboard`, async ({ page, signIn }) => {
      await signIn.stay(name, password);
      await page.goto("/history");
      await page.getByRole("button", { name: "Settings" }).focus();
      await page.keyboard.press("Enter");
      const menu = page.locator("[popover]");
      const links = menu.getByRole("navigation").getByRole("link");
      await expect(links).toHaveText([...expected]);
      await expect(links.first()).toHaveAttribute("aria-current", "page");
      await links.last().focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(expected.at(-1) ?? "");
      await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
      await expect(menu.getByRole("link").first()).toBeHidden();
    });
  }
});
