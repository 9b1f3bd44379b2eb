// Requirement document 000, tickets 7 and 10: the list of conversations, and a family's.
import { PHONE, expect, test } from "./support/fixtures";
import { manySessions, untilListed } from "./support/history";
import { ask, newAccount, tokenOf } from "./support/server";

test("c000_7_1 c000_7_4 c000_14_2 the history lists the conversations, and a row opens its own", async ({
  page,
  request,
  signIn,
  history,
  viewer,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  await ask(request, headers, { animalId: "macaw_001", message: "Hello Ruby!" });
  const sessionId = await ask(request, headers, { message: "Hello Leo!" });
  await untilListed(request, headers, 2);
  await signIn.stay(email, password);
  await page.goto("/dashboard/conversations/history");
  await expect(page).toHaveURL(/\/history$/);
  await expect(page.locator("[data-session]").first()).toContainText("Leo the Lion");
  await expect(history.rows()).toHaveCount(2);
  await expect(history.id("total")).toHaveText("2 conversations in all");
  await page.locator("[data-session]").first().click();
  await expect(page).toHaveURL(new RegExp(`/history/${sessionId}$`));
  await expect(page.locator("[data-message]")).toHaveCount(2);
  await expect(viewer.messages().first()).toContainText("Hello Leo!");
});

test("c000_7_2 dates and animals narrow the list, and the address keeps them", async ({
  page,
  request,
  signIn,
  history,
  viewer,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  await ask(request, headers, { animalId: "lion_001" });
  await ask(request, headers, { animalId: "macaw_001" });
  await untilListed(request, headers, 2);
  await signIn.stay(email, password);
  await history.goto();
  await expect(history.rows()).toHaveCount(2);
  await history.id("animal-lion_001").click();
  await expect(history.rows()).toHaveCount(1);
  await expect(history.rows()).toContainText("Leo the Lion");
  await expect(page).toHaveURL(/\?animal=lion_001$/);
  await page.getByRole("button", { name: "Today", exact: true }).click();
  await expect(page).toHaveURL(/from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d&animal=lion_001$/);
  await expect(history.rows()).toHaveCount(1);
  await page.reload();
  await expect(history.id("animal-lion_001")).toBeChecked();
  await expect(history.rows()).toHaveCount(1);
  await history.rows().click();
  await viewer.id("back-button").click();
  await expect(page).toHaveURL(/animal=lion_001$/);

  await page.getByRole("button", { name: "Today", exact: true }).click();
  await expect(page).toHaveURL(/\/history\?animal=lion_001$/);
  await page.getByRole("button", { name: /Previous Month/ }).click();
  const day = page.getByRole("gridcell").getByRole("button", { disabled: false }).nth(9);
  await day.click();
  await expect(history.id("nothing-found")).toBeVisible();
  await expect(history.id("date-range")).not.toBeEmpty();
  await history.id("nothing-found").getByRole("button", { name: "Clear all filters" }).click();
  await expect(history.rows()).toHaveCount(2);
  await expect(page).toHaveURL(/\/history$/);
});

test("c000_7_3 the list narrows while one types, with what was found, and the words stay out of the address", async ({
  page,
  request,
  signIn,
  history,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  await ask(request, headers, { message: "Do you know a Zanzibar story?" });
  await ask(request, headers, { animalId: "macaw_001", message: "Hello Ruby!" });
  await untilListed(request, headers, 2);
  await signIn.stay(email, password);
  await history.goto();
  await expect(history.rows()).toHaveCount(2);
  await history.id("search").pressSequentially("ZANZ");
  await expect(history.rows()).toHaveCount(1);
  await expect(history.id("excerpt").locator("mark")).toHaveText("Zanz");
  await history.id("search").pressSequentially("ibarr");
  await expect(history.id("nothing-found")).toBeVisible();
  expect(page.url()).not.toContain("anz");
  await page.keyboard.press("Escape");
  await expect(history.rows()).toHaveCount(2);
});

test("the order is chosen in the table's head and stands in the address", async ({
  page,
  request,
  signIn,
  history,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  await ask(request, headers, { animalId: "wolf_001" });
  const long = await ask(request, headers, { animalId: "macaw_001" });
  await ask(request, headers, { animalId: "macaw_001", sessionId: long });
  await ask(request, headers, { animalId: "lion_001" });
  await untilListed(request, headers, 3);
  await signIn.stay(email, password);
  await history.goto();
  await expect(history.rows().first()).toContainText("Leo the Lion");
  await history.id("sort-messageCount").click();
  await expect(history.rows().first()).toContainText("Ruby");
  await expect(page.getByRole("columnheader", { name: "Messages" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  await history.id("sort-animal").click();
  await expect(history.rows().first()).toContainText("Leo the Lion");
  await expect(history.rows().nth(1)).toContainText("Ruby");
  await expect(page).toHaveURL(/sort=animal$/);
});

test("c000_7_5 where nobody has talked yet, a friendly page leads to the animals", async ({
  page,
  request,
  signIn,
  history,
}) => {
  const { email, password } = await newAccount(request);
  await signIn.stay(email, password);
  await history.goto();
  await expect(history.id("empty-state")).toContainText("No conversations yet");
  await page.getByRole("link", { name: "To the animals" }).click();
  await expect(page).toHaveURL(/\/animals$/);
});

test("c000_7_6 c000_10_1 c000_10_2 c000_10_3 a parent sees the family's conversations, marked and new, and chooses a child", async ({
  page,
  request,
  signIn,
  history,
  viewer,
}) => {
  const child = await tokenOf(request, "student2");
  const parent = await tokenOf(request, "parent1");
  await ask(request, child.headers, { animalId: "wolf_001", message: "Are you ever lonely?" });
  await ask(request, parent.headers, { animalId: "tiger_001" });
  await signIn.stay("parent1");
  await expect(async () => {
    await history.goto();
    await expect(history.rows().first()).toContainText("Taj", { timeout: 2_000 });
  }).toPass();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Family conversations");
  const row = history
    .rows()
    .filter({ hasText: "Are you ever lonely?" })
    .or(history.rows().filter({ has: page.getByTestId("owner").filter({ hasText: "Mia" }) }));
  await expect(row.first().getByTestId("owner")).toHaveText("Mia");
  await expect(row.first().getByTestId("unread")).toHaveCount(1);
  await expect(history.person("Mia").getByTestId("new")).toHaveCount(1);
  await history.person("Mia").click();
  const others = history.rows().getByTestId("owner").filter({ hasNotText: "Mia" });
  await expect(others).toHaveCount(0);
  await expect(history.rows().getByTestId("owner").first()).toHaveText("Mia");
  await expect(page).toHaveURL(/who=/);
  await expect(history.rows().first()).not.toContainText("Taj");
  await history.rows().first().click();
  await expect(viewer.owner()).toHaveText("Conversation of Mia");
  await viewer.id("back-button").click();
  await expect(history.person("Mia")).toHaveAttribute("aria-pressed", "true");
  await expect(history.rows().first().getByTestId("unread")).toHaveCount(0);
  await history.person("My own").click();
  await expect(history.rows().first()).toContainText("Taj");
  await expect(history.rows().getByTestId("owner")).toHaveCount(0);
});

test("staff see everybody's conversations without their words, and one person's", async ({
  page,
  request,
  signIn,
  history,
}) => {
  const child = await tokenOf(request, "student2");
  await ask(request, child.headers, { message: "My secret is a rubber duck" });
  await signIn.stay("keeper1");
  await history.goto();
  await expect(history.rows().first()).toBeVisible();
  await expect(history.id("search")).toHaveCount(0);
  await expect(history.id("sort-animal")).toHaveCount(0);
  await expect(page.getByText("rubber duck")).toHaveCount(0);
  await expect(page.getByText("Mia")).toHaveCount(0);
  const badge = history.rows().getByTestId("owner").first();
  const name = (await badge.textContent()) ?? "";
  await badge.click();
  await expect(history.person(name)).toHaveAttribute("aria-pressed", "true");
  await expect(history.id("sort-animal")).toBeVisible();
  await history.person("Everybody").click();
  await expect(page).toHaveURL(/\/history$/);
});

for (const viewport of [PHONE, { width: 320, height: 640 }, { width: 820, height: 1180 }]) {
  test(`c000_7_7 the list fits ${viewport.width} pixels, with its filters in a dialog`, async ({
    page,
    request,
    signIn,
    history,
  }) => {
    await page.setViewportSize(viewport);
    const { email, password } = await newAccount(request);
    const { headers } = await tokenOf(request, email, password);
    await ask(request, headers, { animalId: "lemur_001" });
    await untilListed(request, headers, 1);
    await signIn.stay(email, password);
    await history.goto();
    await expect(history.rows()).toHaveCount(1);
    await expect(page.getByRole("table")).toHaveCount(0);
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.body.clientWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await history.id("filters").click();
    const dialog = page.getByRole("dialog", { name: "Filters" });
    await dialog.getByTestId("animal-wolf_001").click();
    await expect(dialog.getByTestId("animal-wolf_001")).toBeChecked();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(history.id("filters")).toBeFocused();
    await expect(history.id("nothing-found")).toBeVisible();
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
}

test("pages are full whatever the server's are, and the address keeps the page", async ({
  page,
  signIn,
  history,
}) => {
  await manySessions(page, 45, 7);
  await signIn.stay("parent1");
  await history.goto();
  await expect(history.rows()).toHaveCount(20);
  await history.id("page-next").click();
  await expect(history.rows().first()).toContainText("Leo 21");
  await expect(history.rows()).toHaveCount(20);
  await expect(page).toHaveURL(/page=2$/);
  await page.reload();
  await expect(history.rows().first()).toContainText("Leo 21");
  await history.id("page-next").click();
  await expect(history.rows()).toHaveCount(5);
  await expect(history.id("page-next")).toBeDisabled();
  await page.goBack();
  await expect(history.rows().first()).toContainText("Leo 21");
});

test("a list that does not come says so, and comes when one tries again; offline is told", async ({
  page,
  context,
  signIn,
  history,
}) => {
  await signIn.stay("parent1");
  await page.route("**/api/conversations/sessions?*", (route) =>
    route.fulfill({ status: 403, json: { code: "forbidden" } }),
  );
  await history.goto();
  await expect(history.id("list-problem")).toContainText("We could not load the conversations");
  await page.unroute("**/api/conversations/sessions?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(history.id("list-problem")).toHaveCount(0);
  await context.setOffline(true);
  await expect(page.getByText("No internet.")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("No internet.")).toHaveCount(0);
});
