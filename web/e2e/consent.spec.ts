// A guardian agrees for a child, and takes it back; what the child meets meanwhile.
import type { Page } from "@playwright/test";
import { FamilyPage, newChild, newGuardian } from "./support/family";
import { DESKTOP, PHONE, expect, test } from "./support/fixtures";
import { ChatPage } from "./support/pages";
import { ConsentPage, agree } from "./support/privacy";
import { tokenOf } from "./support/server";

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("a guardian makes an account, reads the notice and agrees; then the child may talk", async ({
  page,
  request,
  signIn,
}) => {
  const guardian = await newGuardian(request);
  const family = new FamilyPage(page);
  const consent = new ConsentPage(page);
  await signIn.stay(guardian.email, guardian.password);
  await family.goto();
  await family.id("add-child").click();
  const username = `bo${crypto.randomUUID().slice(0, 8)}`;
  await consent.dialog().locator("[name=displayName]").fill("Bo");
  await consent.dialog().locator("[name=username]").fill(username);
  await consent.dialog().locator("[name=password]").fill("quiet river stones");
  await consent.dialog().locator("[type=submit]").click();
  await expect(family.id("to-consent")).toBeVisible();
  const child = await tokenOfName(request, username);
  const ask = () =>
    request.post("/api/convo_turn", {
      headers: child.headers,
      data: { animalId: "lion_001", message: "Hello?" },
    });
  expect((await ask()).status()).toBe(403);
  await family.id("to-consent").click();
  await expect(page).toHaveURL(new RegExp(`/family/consent/${child.userId}$`));
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Consent for Bo");
  await consent.stands("none");
  await expect(consent.id("notice")).toContainText("We train no model with it");
  await consent.id("agree").click();
  await expect(page.getByRole("alert")).toContainText("Choose at least keeping");
  await expect(consent.scope("collect")).toBeFocused();
  await consent.scope("third_party").check();
  await expect(consent.scope("collect")).toBeChecked();
  await consent.id("agree").click();
  await expect(page.getByRole("alert")).toContainText("Please choose how it was made sure");
  await expect(consent.method()).toBeFocused();
  await consent.method().selectOption("payment");
  await consent.id("agree").click();
  await consent.stands("given");
  await expect(page.getByRole("status")).toContainText("Bo may talk with the animals now");
  await expect(page.getByRole("status")).toBeFocused();
  await expect(consent.state()).toContainText("Keeping and Language model");
  await expect(consent.state()).toContainText("A payment that the cardholder is told of");
  await expect(consent.changes()).toHaveCount(1);
  expect((await ask()).status()).toBe(200);
  await page.getByRole("link", { name: "Back to the family" }).click();
  await expect(family.child("Bo").getByTestId("consent")).toHaveText("Given");
  await expect(family.child("Bo").getByTestId("consent-said")).toContainText("cardholder");
  await expect(family.child("Bo").getByTestId("consent-needed")).toHaveCount(0);
});

async function tokenOfName(request: Parameters<typeof tokenOf>[0], username: string) {
  const data = { email: username, password: "quiet river stones" };
  const answer = await request.post("/api/auth", { data });
  const { token, user } = (await answer.json()) as { token: string; user: { userId: string } };
  return { headers: { Authorization: `Bearer ${token}` }, userId: user.userId };
}

test("a child without consent is asked kindly to fetch a grown-up", async ({
  request,
  browser,
  baseURL,
}) => {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  const page = await browser.newPage(baseURL ? { baseURL } : {});
  await page.goto("/sign-in");
  await page.locator("[name=email]").fill(child.username);
  await page.locator("[name=password]").fill(child.password);
  await page.locator("[type=submit]").click();
  await expect(page).toHaveURL(/\/animals$/);
  const chat = new ChatPage(page);
  await chat.goto("lion_001");
  await chat.send("Hello?");
  await expect(chat.failure()).toContainText("would love to talk with you! First a grown-up");
  await expect(chat.retry()).toHaveCount(0);
  await page.close();
});

test("a guardian takes consent back: it asks once more, and then the child may not talk", async ({
  page,
  request,
  signIn,
}) => {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  await agree(request, guardian, child.userId);
  const consent = new ConsentPage(page);
  await signIn.stay(guardian.email, guardian.password);
  await consent.goto(child.userId);
  await consent.stands("given");
  await expect(consent.id("agree")).toHaveCount(0);
  await consent.id("withdraw").click();
  await expect(consent.dialog()).toContainText("An answer under way ends within seconds");
  await expect(page.getByRole("button", { name: "Keep it as it is" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(consent.dialog()).toHaveCount(0);
  await expect(consent.id("withdraw")).toBeFocused();
  await consent.stands("given");
  await consent.id("withdraw").click();
  await consent.id("confirm").click();
  await consent.stands("none");
  await expect(page.getByRole("status")).toContainText("You have taken your consent back");
  await expect(page.getByRole("status")).toBeFocused();
  await expect(consent.changes()).toHaveText([/Taken back/, /Keeping and Language model/]);
  const { headers } = await tokenOfName(request, child.username);
  const data = { animalId: "lion_001", message: "Hello?" };
  const turn = await request.post("/api/convo_turn", { headers, data });
  expect(((await turn.json()) as { code: string }).code).toBe("consent_required");
  await new FamilyPage(page).goto();
  await page.getByRole("link", { name: "Read and agree for Ada" }).click();
  await consent.stands("none");
});

test("what a guardian agrees to can be changed, and sharing needs a strong method", async ({
  page,
  request,
  signIn,
}) => {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  const consent = new ConsentPage(page);
  await signIn.stay(guardian.email, guardian.password);
  await consent.goto(child.userId);
  await consent.agreeToTalking("email_plus");
  await consent.stands("given");
  await consent.scope("sharing").check();
  await consent.id("agree").click();
  await expect(page.getByRole("alert")).toContainText("Sharing needs another way");
  await consent.method().selectOption("video_call");
  await consent.id("agree").click();
  await expect(consent.state()).toContainText("Sharing");
  await consent.scope("third_party").uncheck();
  await consent.id("agree").click();
  await consent.stands("part");
  await expect(page.getByRole("status")).toContainText("Ada cannot talk with the animals with it");
  await consent.scope("collect").uncheck();
  await expect(consent.scope("sharing")).not.toBeChecked();
});

test("a notice that changes while it is read is shown anew and has to be agreed to again", async ({
  page,
  request,
  signIn,
}) => {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  await agree(request, guardian, child.userId);
  const consent = new ConsentPage(page);
  await signIn.stay(guardian.email, guardian.password);
  // The server's notice is as it is: what the page reads at first is an earlier one.
  let reads = 0;
  await page.route("**/api/privacy/notice", async (route) => {
    const answer = await route.fetch();
    const notice = (await answer.json()) as object;
    reads += 1;
    await route.fulfill({ json: reads === 1 ? { ...notice, version: "1.7" } : notice });
  });
  await consent.goto(child.userId);
  await expect(consent.id("notice")).toContainText("Version 1.7");
  await expect(consent.id("notice").locator("details")).not.toHaveAttribute("open");
  await consent.scope("sharing").check();
  await consent.id("agree").click();
  await expect(page.getByRole("alert")).toContainText("The notice has changed while you were");
  await expect(consent.id("notice")).toContainText("Version 1.90");
  await expect(consent.id("notice").locator("details")).toHaveAttribute("open");
  await expect(consent.scope("sharing")).toBeChecked();
  await consent.id("agree").click();
  await expect(consent.state()).toContainText("Sharing");
});

test("consent under an earlier notice counts for nothing, and nothing is ticked for anybody", async ({
  page,
  request,
  signIn,
}) => {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  await agree(request, guardian, child.userId);
  const consent = new ConsentPage(page);
  await signIn.stay(guardian.email, guardian.password);
  await page.route("**/api/privacy/consent/*", async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const now = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...now, noticeVersion: "1.7", askAgain: true } });
  });
  await new FamilyPage(page).goto();
  await expect(page.getByTestId("consent-needed")).toContainText(
    "The notice to parents has changed",
  );
  await page.getByRole("link", { name: "Read and agree for Ada" }).click();
  await consent.stands("again");
  await expect(consent.state()).toContainText("The notice has changed: please agree again");
  await expect(consent.scope("collect")).not.toBeChecked();
  await consent.agreeToTalking();
  await consent.stands("given");
});

test("another family's child, or somebody who is no guardian, is not led to a form", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const guardian = await newGuardian(request);
  const other = await newChild(request, await newGuardian(request), "Zoe");
  await signIn.stay(guardian.email, guardian.password);
  await page.goto(`/family/consent/${other.userId}`);
  await expect(page.getByText("This child is not in your family any more.")).toBeVisible();
  await expect(page.getByTestId("consent-form")).toHaveCount(0);
  await as("student1", async ({ page }) => {
    await page.goto(`/family/consent/${other.userId}`);
    await expect(page.getByText("Only the child's guardian gives consent")).toBeVisible();
    await expect(page.getByTestId("consent-form")).toHaveCount(0);
  });
});

test("the page of consent fits a phone, a narrow one and a desk", async ({
  page,
  request,
  signIn,
}) => {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  await signIn.stay(guardian.email, guardian.password);
  for (const width of [DESKTOP.width, PHONE.width, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await new ConsentPage(page).goto(child.userId);
    expect(await overflow(page), `consent at ${width}`).toBe(0);
    const box = await page.getByTestId("agree").boundingBox();
    expect(box?.height, `agree at ${width}`).toBeGreaterThanOrEqual(44);
  }
});
