// People download all that is kept of them, guardians what is kept of their children.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { FamilyPage } from "./support/family";
import { DESKTOP, PHONE, expect, test } from "./support/fixtures";
import { ErasurePage, signInAsChild, talkingFamily } from "./support/privacy";
import { ask, newAccount, tokenOf } from "./support/server";

const EXPORT = "**/api/privacy/export/*";

type Data = {
  format: string;
  profile: { userId: string; displayName: string };
  conversations: { messages: { sender: string; content: string }[] }[];
};

/** The file that a press of the button brings. */
async function saved(page: Page): Promise<Data> {
  const saving = page.waitForEvent("download");
  await page.getByTestId("save-data").click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/^menagerie-data-\d{4}-\d{2}-\d{2}\.json$/);
  return JSON.parse(await readFile(await file.path(), "utf8")) as Data;
}

const questions = ({ conversations }: Data) =>
  conversations.flatMap(({ messages }) =>
    messages.filter(({ sender }) => sender === "user").map(({ content }) => content),
  );

test("somebody downloads all that is kept of them, with what was said to every animal", async ({
  page,
  request,
  signIn,
}) => {
  const person = await newAccount(request, { displayName: "Nia Wong" });
  const { headers } = await tokenOf(request, person.email, person.password);
  await ask(request, headers, { message: "Do you like 🥕?" });
  await ask(request, headers, { message: "Where do you live?", animalId: "macaw_001" });
  await signIn.stay(person.email, person.password);
  await new ErasurePage(page).goto();
  const data = await saved(page);
  expect(data).toMatchObject({
    format: "menagerie-personal-data",
    profile: { userId: person.userId, displayName: "Nia Wong" },
  });
  expect(questions(data).sort()).toEqual(["Do you like 🥕?", "Where do you live?"]);
  await expect(page.getByRole("status").filter({ hasText: "saved on this device" })).toBeVisible();
  await expect(page.getByTestId("save-data")).toBeFocused();
});

test("a guardian downloads what is kept of a child, and the child its own", async ({
  page,
  request,
  signIn,
  browser,
  baseURL,
}) => {
  const { guardian, child } = await talkingFamily(request);
  await signIn.stay(guardian.email, guardian.password);
  await new FamilyPage(page).goto();
  await page.getByRole("link", { name: "Data of Ada" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What is kept of Ada");
  const data = await saved(page);
  expect(data.profile.userId).toBe(child.userId);
  expect(questions(data)).toEqual(["What do you eat?"]);
  const theirs = await browser.newPage(baseURL ? { baseURL } : {});
  await signInAsChild(theirs, child);
  await new ErasurePage(theirs).goto();
  expect(questions(await saved(theirs))).toEqual(["What do you eat?"]);
  await theirs.close();
});

test("what cannot be downloaded says why, and can be tried again where that helps", async ({
  page,
  request,
  context,
  signIn,
}) => {
  const person = await newAccount(request);
  await signIn.stay(person.email, person.password);
  await new ErasurePage(page).goto();
  const button = page.getByTestId("save-data");
  const error = page.getByRole("alert").filter({ hasText: /\S/ });
  const answers: [number, string, string][] = [
    [503, "unavailable", "The zoo cannot make the file just now"],
    [413, "export_too_large", "The file would be too large"],
    [403, "forbidden", "You may not download this"],
    [500, "internal", "Saving did not work just now"],
  ];
  for (const [status, code, text] of answers) {
    await page.route(EXPORT, (route) => route.fulfill({ status, json: { code } }), { times: 1 });
    await button.click();
    await expect(error).toContainText(text);
    await expect(button).toHaveText("Try again");
    await expect(button).toBeFocused();
  }
  await context.setOffline(true);
  await button.click();
  await expect(error).toContainText("We cannot reach the zoo");
  await context.setOffline(false);
  expect((await saved(page)).profile.userId).toBe(person.userId);
  await expect(error).toHaveCount(0);
});

test("while the file is made the button waits, and a visitor's page has none", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const person = await newAccount(request);
  await signIn.stay(person.email, person.password);
  await new ErasurePage(page).goto();
  let asked = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(EXPORT, async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  const saving = page.waitForEvent("download");
  const button = page.getByTestId("save-data");
  await button.click();
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Preparing the file" })).toBeVisible();
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Enter");
  release();
  await saving;
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  expect(asked).toBe(1);
  const visitor = await newAccount(request, { role: "visitor" });
  await as(
    visitor.email,
    async ({ page }) => {
      await new ErasurePage(page).goto();
      await expect(page.getByTestId("save-data")).toHaveCount(0);
    },
    visitor.password,
  );
});

test("the copy of everything fits a phone, a narrow one and a desk", async ({
  page,
  request,
  signIn,
}) => {
  const { guardian, child } = await talkingFamily(request);
  await signIn.stay(guardian.email, guardian.password);
  for (const width of [DESKTOP.width, PHONE.width, 320]) {
    await page.setViewportSize({ width, height: 844 });
    for (const childId of [undefined, child.userId]) {
      await new ErasurePage(page).goto(childId);
      await saved(page);
      await expect(page.getByText("saved on this device")).toBeVisible();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `at ${width}`).toBe(0);
    }
  }
});
