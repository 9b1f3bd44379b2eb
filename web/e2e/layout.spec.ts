// The pages with more animals than today, and with long names.
import type { Page } from "@playwright/test";
import { DESKTOP, PHONE, expect, test } from "./support/fixtures";

const LONG_NAMES = ["Bartholomew the Red-crowned Crane", "Montgomery the Sea Lion"];

/** The lion and seven more, whatever the seed holds. */
async function eightAnimals(page: Page) {
  await page.route("**/api/animal_list", async (route) => {
    const response = await route.fetch();
    const animals = (await response.json()) as { animalId: string }[];
    const lion = animals.find((animal) => animal.animalId === "lion_001");
    const others = Array.from({ length: 7 }, (_, index) => ({
      ...lion,
      animalId: `animal_${index}`,
      name: LONG_NAMES[index % 2],
    }));
    await route.fulfill({ response, json: [lion, ...others] });
  });
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [width, columns] of [
  [390, 2],
  [820, 3],
  [1440, 4],
] as const) {
  test(`c000_14_4 eight animals stand ${columns} in a row at ${width} px`, async ({
    page,
    signIn,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await eightAnimals(page);
    await signIn.signIn("student1");
    await expect(page.locator("[data-animal]")).toHaveCount(8);
    const lefts = await page
      .locator("[data-animal]")
      .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().left)));
    expect(new Set(lefts).size).toBe(columns);
    expect(await overflow(page)).toBe(0);
  });
}

test("c000_14_4 a long name is never cut on a phone", async ({ page, signIn, chat }) => {
  await page.setViewportSize(PHONE);
  await eightAnimals(page);
  await signIn.stay("student1");
  await chat.goto("animal_4");
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toHaveText(/^(Bartholomew|Montgomery)/);
  const isCut = await heading.evaluate(
    (element) =>
      element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight + 2,
  );
  expect(isCut).toBe(false);
  expect(await overflow(page)).toBe(0);
});

test("the list of the others scrolls beside the chat", async ({ page, signIn, chat }) => {
  await page.setViewportSize(DESKTOP);
  await eightAnimals(page);
  await signIn.stay("student1");
  await chat.goto("lion_001");
  const links = page.getByRole("navigation", { name: "Talk with someone else" }).getByRole("link");
  await expect(links).toHaveCount(7);
  await links.last().scrollIntoViewIfNeeded();
  await expect(links.last()).toBeInViewport();
  await expect(page.getByTestId("message-input")).toBeInViewport();
});

test("the button to the newest message hands its focus to the conversation", async ({
  page,
  signIn,
  chat,
}) => {
  await page.setViewportSize({ width: 390, height: 420 });
  await signIn.stay("student1");
  await chat.goto("lion_001");
  for (const question of ["What do you eat?", "How much do you sleep?"]) {
    await chat.send(question);
    await expect(chat.id("send-button")).toBeVisible();
    await expect(chat.caret()).toHaveCount(0);
  }
  const conversation = page.getByRole("region", { name: "Conversation with Leo the Lion" });
  await conversation.evaluate((element) => element.scrollTo(0, 0));
  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(conversation).toBeFocused();
  await expect(chat.lastAnswer()).toBeInViewport();
});

test("the settings open below their button and close with Escape", async ({ page, signIn }) => {
  await page.setViewportSize(PHONE);
  await signIn.signIn("student1");
  const button = page.getByRole("button", { name: "Settings" });
  await button.click();
  const spanish = page.getByRole("button", { name: "Español" });
  await spanish.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("¿Con quién");
  await page.keyboard.press("Escape");
  await expect(spanish).toBeHidden();
});
