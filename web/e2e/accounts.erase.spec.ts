// Administrators have erased what is kept of others, and say why where it is a child's.
import { expect, type Page } from "@playwright/test";
import { PHONE, test } from "./support/fixtures";
import { ErasurePage, ReceiptPage, talkingFamily, wishErased } from "./support/privacy";
import { administrator, ask, newAccount, tokenOf } from "./support/server";

/** Of the account's row, with what can be erased open; the list follows what is made with a short delay. */
async function opened(page: Page, userId: string) {
  const row = page.locator(`[data-account="${userId}"]`);
  await expect(async () => {
    await page.goto("/accounts");
    await expect(page.locator("[data-account]").first()).toBeVisible();
    const more = page.getByRole("button", { name: "Show more" });
    while ((await row.count()) === 0 && (await more.count()) > 0) await more.click();
    await expect(row).toHaveCount(1, { timeout: 2_000 });
  }).toPass();
  await row.getByTestId("erase").click();
  await expect(row.getByTestId("erase")).toHaveAttribute("aria-expanded", "true");
  return row;
}

test("an administrator has an adult's conversations erased at once", async ({
  page,
  request,
  signIn,
}) => {
  const person = await newAccount(request, { displayName: "Noor" });
  const { headers } = await tokenOf(request, person.email, person.password);
  const sessionId = await ask(request, headers);
  await signIn.stay("admin@cmz.org", "admin123");
  await opened(page, person.userId);
  const erasure = new ErasurePage(page);
  await erasure.start("conversations").click();
  await expect(erasure.dialog()).toContainText("Erase all conversations of Noor?");
  await page.locator("[name=sure]").check();
  await erasure.confirm();
  await new ReceiptPage(page).isDone("All conversations are erased");
  expect((await request.get(`/api/conversations/history/${sessionId}`, { headers })).status()).toBe(
    410,
  );
  expect((await request.get("/api/me", { headers })).status()).toBe(200);
});

test("of a child an administrator says why, and takes it back saying why", async ({
  page,
  request,
  signIn,
}) => {
  const { child, headers } = await talkingFamily(request);
  await signIn.stay("admin@cmz.org", "admin123");
  await opened(page, child.userId);
  const erasure = new ErasurePage(page);
  await erasure.start("account").click();
  await page.locator("[name=typed]").fill("Ada");
  await erasure.confirm();
  await expect(erasure.error()).toContainText("Please say why");
  await expect(page.locator("[name=reason]")).toBeFocused();
  await page.locator("[name=reason]").fill("The family wrote to us, señor");
  await erasure.confirm();
  await erasure.stands("account", "pending");
  await expect(erasure.card("account")).toContainText("Will be erased on");
  await erasure.id("take-back").click();
  await expect(erasure.dialog()).toContainText("Why do you take it back?");
  await erasure.dialog().locator("[type=submit]").click();
  await expect(erasure.error()).toContainText("Please say why");
  await page.locator("[name=reason]").fill("They thought again");
  await erasure.dialog().locator("[type=submit]").click();
  await erasure.stands("account", "none");
  await expect(page.getByRole("status").filter({ hasText: "Taken back" })).toBeFocused();
  expect((await request.get("/api/me", { headers })).status()).toBe(200);
});

test("an administrator declines a child's wish; a guardian with children cannot go", async ({
  page,
  request,
  signIn,
}) => {
  const { guardian, child, headers } = await talkingFamily(request);
  const { receiptId } = await wishErased(request, headers, child.userId);
  await signIn.stay("admin@cmz.org", "admin123");
  await opened(page, child.userId);
  const erasure = new ErasurePage(page);
  await erasure.stands("conversations", "asked");
  await expect(erasure.id("open-wish")).toContainText("a guardian has not confirmed it");
  await erasure.id("decline").click();
  await page.locator("[name=reason]").fill("Asked by mistake");
  await erasure.dialog().locator("[type=submit]").click();
  await erasure.stands("conversations", "none");
  const staff = await administrator(request);
  const gone = await request.get(`/api/privacy/receipts/${receiptId}`, { headers: staff.headers });
  expect(gone.status()).toBe(404);
  await opened(page, guardian.userId);
  await erasure.start("account").click();
  await page.locator("[name=typed]").fill(guardian.displayName);
  await erasure.confirm();
  await expect(erasure.error()).toContainText(`Children still belong to ${guardian.displayName}`);
});

test("what can be erased of an account fits a phone, and nothing of it is open at first", async ({
  page,
  request,
  signIn,
}) => {
  const { child, headers } = await talkingFamily(request);
  await wishErased(request, headers, child.userId);
  await signIn.stay("admin@cmz.org", "admin123");
  const erasure = new ErasurePage(page);
  for (const width of [1440, PHONE.width, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto("/accounts");
    await expect(page.getByTestId("erase").first()).toBeVisible();
    await expect(page.locator("[data-erase]")).toHaveCount(0);
    await opened(page, child.userId);
    await erasure.stands("conversations", "asked");
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `at ${width}`).toBe(0);
  }
});
