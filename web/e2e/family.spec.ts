// A guardian and their children, and what others see of families.
import type { Page } from "@playwright/test";
import { InvitationsPage, FamilyPage, newChild, newGuardian } from "./support/family";
import { PHONE, expect, test } from "./support/fixtures";
import { ask, newAccount, tokenOf } from "./support/server";

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("a guardian pauses a child's talking and lets it go on", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const family = new FamilyPage(page);
  await signIn.stay("parent1");
  await family.goto();
  const card = family.child("Mia");
  await card.getByTestId("pause").click();
  await expect(card.getByTestId("paused")).toBeVisible();
  await expect(card.getByRole("status")).toContainText("Mia cannot talk with the animals now");
  const child = await tokenOf(request, "student2");
  const data = { animalId: "lion_001", message: "Hello?" };
  const turn = () => request.post("/api/convo_turn", { headers: child.headers, data });
  const refused = await turn();
  expect(refused.status()).toBe(403);
  expect(((await refused.json()) as { code: string }).code).toBe("chat_paused");
  await as("student2", async ({ page }) => {
    await page.goto("/dashboard/conversations/chat/lion_001");
    await page.getByTestId("message-input").fill("Hello?");
    await page.getByTestId("send-button").click();
    await expect(page.getByTestId("turn-failure")).toContainText("paused");
  });
  await page.reload();
  await expect(card.getByTestId("paused")).toBeVisible();
  await card.getByTestId("pause").click();
  await expect(card.getByTestId("paused")).toHaveCount(0);
  expect((await turn()).status()).toBe(200);
});

test("a guardian limits a child's questions of a day, and takes the limit away", async ({
  page,
  request,
  signIn,
}) => {
  const family = new FamilyPage(page);
  const guardian = await newGuardian(request);
  await newChild(request, guardian, "Ada");
  await signIn.stay(guardian.email, guardian.password);
  await family.goto();
  const card = family.child("Ada");
  const button = card.getByTestId("set-limit");
  await button.click();
  const dialog = page.getByRole("dialog", { name: "How much may Ada ask?" });
  await expect(dialog.getByRole("radio", { name: "As much as the zoo allows" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await dialog.locator("[name=limit]").fill("0");
  await dialog.locator("[type=submit]").click();
  await expect(dialog.getByRole("alert")).toContainText("from 1 to 1000");
  await expect(dialog.locator("[name=limit]")).toBeFocused();
  await dialog.locator("[name=limit]").fill("7");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(card.getByTestId("limit")).toHaveText("Questions a day: 7");
  await page.reload();
  await expect(card.getByTestId("limit")).toHaveText("Questions a day: 7");
  await card.getByTestId("pause").click();
  await expect(card.getByTestId("paused")).toBeVisible();
  await expect(card.getByTestId("limit")).toHaveText("Questions a day: 7");
  await button.click();
  await dialog.getByRole("radio", { name: "As much as the zoo allows" }).check();
  await dialog.locator("[type=submit]").click();
  await expect(card.getByTestId("limit")).toHaveText("No limit of their own");
  await expect(card.getByTestId("paused")).toBeVisible();
});

test("a guardian makes an account for a child, who signs in with the username", async ({
  page,
  request,
  signIn,
  browser,
  baseURL,
}) => {
  const family = new FamilyPage(page);
  const guardian = await newGuardian(request);
  await signIn.stay(guardian.email, guardian.password);
  await family.goto();
  await expect(family.id("childless")).toContainText("No children yet");
  await family.id("add-child").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("[type=submit]").click();
  await expect(dialog.getByRole("alert")).toHaveText("Please fill in a name.");
  await dialog.locator("[name=displayName]").fill("Bo");
  await dialog.locator("[name=username]").fill("b@o");
  await dialog.locator("[name=password]").fill("quiet river stones");
  await dialog.locator("[type=submit]").click();
  await expect(dialog.locator("[name=username]")).toBeFocused();
  const taken = await newChild(request, guardian, "Cleo");
  await dialog.locator("[name=username]").fill(taken.username);
  await dialog.locator("[type=submit]").click();
  await expect(dialog.getByRole("alert")).toContainText("Somebody has this username already");
  const username = `bo${taken.username.slice(3)}`;
  await dialog.locator("[name=username]").fill(username);
  await dialog.locator("[type=submit]").click();
  await expect(page.getByRole("dialog", { name: "Bo has an account" })).toContainText(username);
  await expect(page.getByTestId("to-consent")).toBeFocused();
  await page.getByRole("button", { name: "Later" }).click();
  await expect(family.child("Bo")).toContainText(`Signs in as ${username}`);
  await expect(family.child("Bo")).toContainText("Not yet");
  await expect(family.child("Bo").getByTestId("consent")).toHaveText("Not given: no talking yet");

  const theirs = await browser.newPage(baseURL ? { baseURL } : {});
  await theirs.goto("/sign-in");
  await theirs.getByLabel("Email or username").fill(username);
  await theirs.locator("[name=password]").fill("quiet river stones");
  await theirs.locator("[type=submit]").click();
  await expect(theirs).toHaveURL(/\/animals$/);
  await theirs.getByRole("link", { name: "Family" }).click();
  await expect(theirs.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(new FamilyPage(theirs).people()).toHaveText([/Gil.*Guardian/, /Bo.*You|Cleo/, /./]);
  await theirs.close();
});

test("a guardian sees what is new, and goes to a child's conversations and to who read them", async ({
  page,
  request,
  signIn,
  history,
}) => {
  const child = await tokenOf(request, "student2");
  await ask(request, child.headers, { message: "Do lions dream?" });
  const family = new FamilyPage(page);
  await signIn.stay("parent1");
  const card = family.child("Mia");
  await expect(async () => {
    await family.goto();
    await expect(card.getByTestId("unread")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(card.getByTestId("consent")).toHaveText("Given");
  await card.getByRole("link", { name: /^Conversations of Mia, .* new/ }).click();
  await expect(page).toHaveURL(new RegExp(`/history\\?who=${child.userId}$`));
  await expect(history.person("Mia")).toHaveAttribute("aria-pressed", "true");
  await expect(history.rows().first()).toContainText("Leo the Lion");
  await page.goBack();
  await card.getByRole("link", { name: "Who read the conversations of Mia?" }).click();
  await expect(page).toHaveURL(new RegExp(`/trail\\?about=${child.userId}$`));
  await expect(page.getByRole("button", { name: "Mia", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
});

test("the choice of a child in the list has every child, whether it has talked or not", async ({
  page,
  request,
  signIn,
  history,
}) => {
  const guardian = await newGuardian(request);
  await newChild(request, guardian, "Ada");
  await signIn.stay(guardian.email, guardian.password);
  await history.goto();
  await history.person("Ada").click();
  await expect(history.person("Ada")).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/who=/);
});

test("staff read all families, keepers without names; who has none is told so kindly", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const family = new FamilyPage(page);
  await signIn.stay("keeper1");
  await family.goto();
  await expect(family.families().first()).toBeVisible();
  await expect(page.getByText("Sam")).toHaveCount(0);
  await expect(page.getByTestId("pause")).toHaveCount(0);
  await as(
    "admin@cmz.org",
    async ({ page }) => {
      const family = new FamilyPage(page);
      await family.goto();
      await expect(async () => {
        const more = page.getByRole("button", { name: "Show more" });
        if (await more.isVisible()) await more.click();
        await expect(family.child("Sam")).toBeVisible({ timeout: 1_000 });
      }).toPass();
      await expect(family.families().filter({ hasText: "Sam" })).toContainText("Pat");
    },
    "admin123",
  );
  const nobody = await newAccount(request);
  await as(
    nobody.email,
    async ({ page }) => {
      const family = new FamilyPage(page);
      await family.goto();
      await expect(family.id("no-family")).toContainText("No family here yet");
      await page.getByRole("link", { name: "Invitations" }).first().click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invitations");
    },
    nobody.password,
  );
});

test("a family that does not come says so and comes when one tries again; a change that fails too", async ({
  page,
  context,
  signIn,
}) => {
  const family = new FamilyPage(page);
  await signIn.stay("parent1");
  await page.route("**/api/family_list", (route) =>
    route.fulfill({ status: 403, json: { code: "forbidden" } }),
  );
  await family.goto();
  await expect(family.id("list-problem")).toContainText("We could not load the family");
  await page.unroute("**/api/family_list");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(family.child("Mia")).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("No internet.")).toBeVisible();
  await family.child("Mia").getByTestId("pause").click();
  await expect(family.child("Mia").getByRole("alert")).toContainText("We cannot reach the zoo");
  await expect(family.child("Mia").getByTestId("paused")).toHaveCount(0);
  await context.setOffline(false);
});

test("the family's pages fit a phone and a narrow one", async ({ page, signIn }) => {
  await signIn.stay("parent1");
  for (const width of [PHONE.width, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await new FamilyPage(page).goto();
    await expect(new FamilyPage(page).child("Sam")).toBeVisible();
    expect(await overflow(page), `family at ${width}`).toBe(0);
    await new InvitationsPage(page).goto();
    expect(await overflow(page), `invitations at ${width}`).toBe(0);
  }
});
