// People have what is theirs erased, guardians what is their children's, and get a receipt.
import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { FamilyPage } from "./support/family";
import { DESKTOP, PHONE, test } from "./support/fixtures";
import { ErasurePage, ReceiptPage, talkingFamily, wishErased } from "./support/privacy";
import { ask, newAccount, tokenOf } from "./support/server";

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("somebody erases all their conversations, and saves a receipt that the zoo's keys verify", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const person = await newAccount(request);
  const { headers } = await tokenOf(request, person.email, person.password);
  const sessionId = await ask(request, headers, { message: "A secret" });
  await signIn.stay(person.email, person.password);
  await page.goto("/dashboard/conversations/animals");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Your data" }).click();
  const privacy = new ErasurePage(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await privacy.start("conversations").click();
  await expect(page.getByRole("button", { name: "Keep everything" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(privacy.start("conversations")).toBeFocused();
  await privacy.start("conversations").click();
  await privacy.confirm();
  await expect(privacy.error()).toContainText("Please tick that you know that");
  await expect(page.locator("[name=sure]")).toBeFocused();
  expect((await request.get(`/api/conversations/history/${sessionId}`, { headers })).status()).toBe(
    200,
  );
  await page.locator("[name=sure]").check();
  await privacy.confirm();
  const receipt = new ReceiptPage(page);
  await receipt.isDone("All conversations are erased");
  await expect(receipt.id("counts")).toContainText("Messages2");
  const saving = page.waitForEvent("download");
  await receipt.id("save-receipt").click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/^erasure-[0-9a-f-]+\.jwt$/);
  expect(await verified(request, readFileSync(await file.path(), "utf8"))).toMatchObject({
    what: "conversations",
    counts: { messages: 2, sessions: 1 },
  });
  await viewer.goto(sessionId);
  await expect(viewer.problem()).toHaveAttribute("data-status", "410");
  await expect(viewer.problem()).toContainText("This conversation was erased");
  await privacy.goto();
  await privacy.stands("conversations", "none");
  await privacy.id("receipts").getByRole("link", { name: "All conversations" }).click();
  await receipt.isDone("All conversations are erased");
});

/** As anybody can: by the key of its name among the zoo's public ones. */
async function verified(request: APIRequestContext, signed: string) {
  const [head = "", claims = "", signature = ""] = signed.split(".");
  const json = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as object;
  const { kid } = json(head) as { kid: string };
  const answer = await request.get("/api/.well-known/jwks.json");
  const { keys } = (await answer.json()) as { keys: (JsonWebKey & { kid: string })[] };
  const key = keys.find((each) => each.kid === kid);
  if (!key) throw new Error(`no key ${kid}`);
  const how = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("jwk", key, how, false, ["verify"]);
  const bytes = new TextEncoder().encode(`${head}.${claims}`);
  const sealed = Buffer.from(signature, "base64url");
  expect(await crypto.subtle.verify(how, imported, sealed, bytes)).toBe(true);
  return json(claims);
}

test("somebody erases their account by typing their name; the receipt needs no sign-in", async ({
  page,
  request,
  signIn,
}) => {
  const person = await newAccount(request, { displayName: "Nia Wong" });
  await signIn.signIn(person.email, person.password);
  const privacy = new ErasurePage(page);
  await privacy.goto();
  await privacy.start("account").click();
  await privacy.confirm();
  await expect(privacy.error()).toContainText("That is not the name");
  await expect(page.locator("[name=typed]")).toBeFocused();
  await page.locator("[name=typed]").fill("nia wong");
  await privacy.confirm();
  const receipt = new ReceiptPage(page);
  await receipt.isDone("The account is erased");
  await expect(receipt.receipt()).toContainText("You cannot sign in any more");
  const address = page.url();
  await page.goto("/animals");
  await page.goto("/sign-in");
  await signIn.enter(person.email, person.password);
  await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  await page.goto(address);
  await receipt.isDone("The account is erased");
});

test("what cannot be erased says why, and another family's child and receipt are not shown", async ({
  page,
  request,
  context,
  signIn,
}) => {
  const { guardian } = await talkingFamily(request);
  const other = await talkingFamily(request);
  const { receiptId } = await wishErased(request, other.headers, other.child.userId);
  await signIn.stay(guardian.email, guardian.password);
  await page.goto(`/family/erase/${other.child.userId}`);
  await expect(page.getByText("This child is not in your family any more.")).toBeVisible();
  await expect(page.locator("[data-erase]")).toHaveCount(0);
  await page.goto(`/receipt#${receiptId}`);
  await expect(page.getByText("This receipt belongs to someone else")).toBeVisible();
  await page.goto("/animals");
  await page.goto("/receipt#01a1ff25-0550-7498-9ff6-2910dea052b9");
  await expect(page.getByText("There is no such receipt")).toBeVisible();
  const erasure = new ErasurePage(page);
  await erasure.goto();
  await erasure.start("conversations").click();
  await page.locator("[name=sure]").check();
  await context.setOffline(true);
  await erasure.confirm();
  await expect(erasure.error()).toContainText("We cannot reach the zoo");
  await context.setOffline(false);
});

test("the pages of erasing fit a phone, a narrow one and a desk", async ({
  page,
  request,
  signIn,
}) => {
  const { guardian, child, headers } = await talkingFamily(request);
  await wishErased(request, headers, child.userId);
  const { receiptId } = await wishErased(
    request,
    (await tokenOf(request, guardian.email, guardian.password)).headers,
    guardian.userId,
  );
  await signIn.stay(guardian.email, guardian.password);
  const erasure = new ErasurePage(page);
  for (const width of [DESKTOP.width, PHONE.width, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await erasure.goto(child.userId);
    await erasure.stands("conversations", "asked");
    expect(await overflow(page), `a wish at ${width}`).toBe(0);
    await erasure.goto();
    expect(await overflow(page), `one's own at ${width}`).toBe(0);
    await new FamilyPage(page).goto();
    await expect(page.locator("[data-wish]")).toBeVisible();
    expect(await overflow(page), `family at ${width}`).toBe(0);
    await page.goto(`/receipt#${receiptId}`);
    await expect(page.getByTestId("counts")).toBeVisible();
    expect(await overflow(page), `a receipt at ${width}`).toBe(0);
  }
});

test("the only administrator cannot go", async ({ page, signIn }) => {
  await signIn.stay("admin@cmz.org", "admin123");
  const erasure = new ErasurePage(page);
  await page.route("**/api/users/*", (route) =>
    route.fulfill({ status: 409, json: { code: "last_administrator" } }),
  );
  await erasure.goto();
  await erasure.start("account").click();
  const label = await erasure.dialog().locator("label", { hasText: "Type" }).innerText();
  await page.locator("[name=typed]").fill(/“(.*)”/.exec(label)?.[1] ?? "");
  await erasure.confirm();
  await expect(erasure.error()).toContainText("You are the only administrator");
});
