// A new password: by a link from a letter, and by somebody who is signed in.
import { expect, test } from "./support/fixtures";
import { newAccount } from "./support/server";

const FRESH = "seven brown lamas";

test("a forgotten password is set anew by the link of a letter, which is good once", async ({
  page,
  request,
  signIn,
  zoo,
}) => {
  const { email, password } = await newAccount(request);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("alert")).toHaveText("Please fill in your email.");
  await page.locator("[name=email]").fill(email);
  const letter = zoo.letter();
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Look into your mail");
  const link = await letter;

  const sent: string[] = [];
  page.on("request", (request) => sent.push(request.url()));
  await page.goto(link);
  await expect(page.locator("[name=newPassword]")).toBeVisible();
  await expect(page).toHaveURL(/\/reset-password$/);
  const secret = new URL(link).hash.slice(1);
  expect(secret.length).toBeGreaterThan(20);
  expect(
    await page.evaluate(() =>
      JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }]),
    ),
  ).not.toContain(secret);
  await page.locator("[name=newPassword]").fill("short");
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("alert")).toContainText("10 to 128");
  await expect(page.locator("[name=newPassword]")).toBeFocused();
  await page.locator("[name=newPassword]").fill(FRESH);
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("All set!");
  expect(sent.join(" ")).not.toContain(secret);

  await page.getByRole("link", { name: "To the sign-in" }).click();
  await signIn.enter(email, password);
  await expect(page.getByRole("alert")).toContainText("do not go together");
  await signIn.enter(email, FRESH);
  await expect(page).toHaveURL(/\/animals$/);

  await page.goto(link);
  await page.locator("[name=newPassword]").fill("another password");
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link is no good any more");
  await page.getByRole("button", { name: "Ask for a new link" }).click();
  await expect(page.locator("[name=email]")).toBeVisible();
});

test("somebody signed in changes their password and stays signed in here only", async ({
  page,
  browser,
  request,
  signIn,
  baseURL,
}) => {
  const { email, password } = await newAccount(request);
  const elsewhere = await browser.newPage(baseURL ? { baseURL } : {});
  await elsewhere.goto("/sign-in");
  await elsewhere.locator("[name=email]").fill(email);
  await elsewhere.locator("[name=password]").fill(password);
  await elsewhere.locator("[type=submit]").click();
  await expect(elsewhere).toHaveURL(/\/animals$/);

  await signIn.signIn(email, password);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Change password" }).click();
  await page.locator("[name=currentPassword]").fill("not the right one");
  await page.locator("[name=newPassword]").fill(FRESH);
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("alert")).toContainText("The current password is not right.");
  await expect(page.locator("[name=currentPassword]")).toBeFocused();
  await page.locator("[name=currentPassword]").fill(password);
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("status")).toHaveText("Your new password counts from now on.");
  await expect(page.locator("[name=newPassword]")).toHaveValue("");

  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Change password");
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in$/);
  await elsewhere.close();
});
