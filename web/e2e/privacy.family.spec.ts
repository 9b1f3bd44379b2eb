// What is kept of a child: its own wish, and what its guardian has erased.
import { expect } from "@playwright/test";
import { FamilyPage } from "./support/family";
import { test } from "./support/fixtures";
import {
  ErasurePage,
  ReceiptPage,
  signInAsChild,
  talkingFamily,
  wishErased,
} from "./support/privacy";
import { tokenOf } from "./support/server";

test("a child asks its guardian, who finds the wish on another device and confirms it", async ({
  page,
  request,
  browser,
  baseURL,
  signIn,
}) => {
  const { guardian, child, headers, sessionId } = await talkingFamily(request);
  const theirs = await browser.newPage(baseURL ? { baseURL } : {});
  await signInAsChild(theirs, child);
  const own = new ErasurePage(theirs);
  await own.goto();
  await own.start("conversations").click();
  await expect(own.dialog()).toContainText("Nothing is erased before that");
  await own.confirm();
  await own.stands("conversations", "asked");
  await expect(theirs.getByRole("status")).toContainText("Tell your grown-up as well");
  await theirs.reload();
  await own.stands("conversations", "asked");
  await theirs.close();

  await signIn.stay(guardian.email, guardian.password);
  const family = new FamilyPage(page);
  await family.goto();
  const wish = page.locator("[data-wish=conversations]");
  await expect(wish).toContainText("Ada wishes that all conversations be erased.");
  await wish.getByRole("link", { name: "Decide" }).click();
  const erasure = new ErasurePage(page);
  await erasure.stands("conversations", "asked");
  await erasure.id("confirm-wish").click();
  await page.locator("[name=sure]").check();
  await expect(page.getByRole("radio", { name: /After days of grace/ })).toBeChecked();
  await erasure.confirm();
  await erasure.stands("conversations", "pending");
  await expect(erasure.card("conversations")).toContainText("Will be erased on");
  expect((await request.get(`/api/conversations/history/${sessionId}`, { headers })).status()).toBe(
    200,
  );
  await erasure.id("erase-now").click();
  await page.locator("[name=sure]").check();
  await erasure.confirm();
  await new ReceiptPage(page).isDone("All conversations are erased");
  expect((await request.get(`/api/conversations/history/${sessionId}`, { headers })).status()).toBe(
    410,
  );
});

test("a child takes its own wish back, whichever device it was asked on", async ({
  page,
  request,
}) => {
  const { child, headers } = await talkingFamily(request);
  const { receiptId } = await wishErased(request, headers, child.userId, { what: "account" });
  await signInAsChild(page, child);
  const own = new ErasurePage(page);
  await own.goto();
  await own.stands("account", "asked");
  await own.id("take-back").click();
  await own.stands("account", "none");
  await expect(page.getByRole("status")).toContainText("Taken back. Nothing is erased.");
  await expect(page.getByRole("status")).toBeFocused();
  const gone = await request.get(`/api/privacy/receipts/${receiptId}`, { headers });
  expect(gone.status()).toBe(404);
});

test("a child asks, and its guardian declines on another device", async ({ page, request, as }) => {
  const { guardian, child, headers } = await talkingFamily(request);
  await signInAsChild(page, child);
  const own = new ErasurePage(page);
  await own.goto();
  await own.start("conversations").click();
  await own.confirm();
  await own.stands("conversations", "asked");
  await as(
    guardian.email,
    async ({ page }) => {
      await new FamilyPage(page).goto();
      await page.locator("[data-wish=conversations]").getByRole("link").click();
      const erasure = new ErasurePage(page);
      await erasure.stands("conversations", "asked");
      await erasure.id("decline").click();
      await erasure.stands("conversations", "none");
      await expect(page.getByRole("status")).toContainText("The wish is declined");
      await expect(page.getByRole("status")).toBeFocused();
      await new FamilyPage(page).goto();
      await expect(page.getByTestId("pause")).toBeVisible();
      await expect(page.locator("[data-wish]")).toHaveCount(0);
    },
    guardian.password,
  );
  const open = await request.get(`/api/privacy/erasures/${child.userId}`, { headers });
  expect(await open.json()).toEqual({ erasures: [] });
  // Its page still shows the wish, which is gone.
  await own.id("take-back").click();
  await own.stands("conversations", "none");
  await expect(page.getByRole("status")).toContainText("Taken back. Nothing is erased.");
});

test("a child sees when what its guardian confirmed goes, and cannot take that back", async ({
  page,
  request,
}) => {
  const { guardian, child } = await talkingFamily(request);
  const { headers } = await tokenOf(request, guardian.email, guardian.password);
  await wishErased(request, headers, child.userId);
  await signInAsChild(page, child);
  const own = new ErasurePage(page);
  await own.goto();
  await own.stands("conversations", "pending");
  await expect(own.card("conversations")).toContainText("Will be erased on");
  await expect(own.id("take-back")).toHaveCount(0);
  await expect(own.id("erase-now")).toHaveCount(0);
});

test("a guardian plans to erase a child's account and takes it back on another device", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const { guardian, child, headers } = await talkingFamily(request);
  await signIn.stay(guardian.email, guardian.password);
  const family = new FamilyPage(page);
  await family.goto();
  await page.getByRole("link", { name: "Data of Ada" }).click();
  const erasure = new ErasurePage(page);
  await erasure.start("account").click();
  await page.locator("[name=typed]").fill("Bob");
  await erasure.confirm();
  await expect(erasure.error()).toContainText("That is not the name");
  await page.locator("[name=typed]").fill("Ada");
  await erasure.confirm();
  await erasure.stands("account", "pending");
  await expect(page.getByRole("status")).toContainText("You can take it back until then");
  await page.getByRole("link", { name: "Back to the family" }).click();
  await expect(page.locator("[data-wish=account]")).toContainText("Will be erased on");
  expect((await request.get("/api/me", { headers })).status()).toBe(200);
  await as(
    guardian.email,
    async ({ page }) => {
      const erasure = new ErasurePage(page);
      await erasure.goto(child.userId);
      await erasure.stands("account", "pending");
      await expect(erasure.card("account")).toContainText("Will be erased on");
      await erasure.id("take-back").click();
      await erasure.stands("account", "none");
    },
    guardian.password,
  );
  await erasure.goto(child.userId);
  await erasure.stands("account", "none");
  expect((await request.get("/api/me", { headers })).status()).toBe(200);
});

test("a guardian erases a child's account at once, and then their own", async ({
  page,
  request,
  signIn,
}) => {
  const { guardian, child } = await talkingFamily(request);
  await signIn.stay(guardian.email, guardian.password);
  const erasure = new ErasurePage(page);
  await erasure.goto();
  await erasure.start("account").click();
  await page.locator("[name=typed]").fill(guardian.displayName);
  await erasure.confirm();
  await expect(erasure.error()).toContainText("Children still belong to you");
  await erasure.goto(child.userId);
  await erasure.start("account").click();
  await page.getByRole("radio", { name: /At once/ }).check();
  await page.locator("[name=typed]").fill("Ada");
  await erasure.confirm();
  const receipt = new ReceiptPage(page);
  await receipt.isDone("The account is erased");
  await expect(receipt.receipt()).not.toContainText("You cannot sign in any more");
  await page.getByRole("link", { name: "Back to the family" }).click();
  await expect(page.getByTestId("childless")).toBeVisible();
  await erasure.goto();
  await erasure.start("account").click();
  await page.locator("[name=typed]").fill(guardian.displayName);
  await erasure.confirm();
  await receipt.isDone("The account is erased");
});
