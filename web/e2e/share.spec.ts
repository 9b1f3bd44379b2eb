// A conversation shared by a link: its secret opens it, is seen nowhere, and can be taken back.
import { expect, test } from "./support/fixtures";
import { ask, newAccount, tokenOf } from "./support/server";

test("a link lets somebody else read who signs in, and nothing more, until it is taken back", async ({
  page,
  browser,
  request,
  signIn,
  viewer,
  baseURL,
}) => {
  const owner = await newAccount(request, { displayName: "Ona" });
  const { headers } = await tokenOf(request, owner.email, owner.password);
  const sessionId = await ask(request, headers, { message: "Hello Leo!" });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn.stay(owner.email, owner.password);
  await viewer.goto(sessionId);
  await viewer.id("share-button").click();
  const dialog = page.getByRole("dialog", { name: "Share this conversation" });
  await dialog.getByLabel("How long the link is good").selectOption("A day");
  await viewer.id("make-link").click();
  const link = await viewer.id("share-link").inputValue();
  expect(new URL(link).pathname).toBe(`/history/${sessionId}`);
  const secret = new URL(link).hash.replace("#share=", "");
  expect(secret.length).toBeGreaterThan(20);
  const button = dialog.getByRole("button", { name: "Copy the link" });
  await expect(button).toBeFocused();
  await button.click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

  const reader = await newAccount(request, { displayName: "Rio" });
  const theirs = await browser.newPage(baseURL ? { baseURL } : {});
  const sent: string[] = [];
  theirs.on("request", (request) => sent.push(request.url()));
  await theirs.goto(link);
  await expect(theirs).toHaveURL(/\/sign-in$/);
  await theirs.locator("[name=email]").fill(reader.email);
  await theirs.locator("[name=password]").fill(reader.password);
  await theirs.locator("[type=submit]").click();
  await expect(theirs).toHaveURL(new RegExp(`/history/${sessionId}$`));
  await expect(theirs.locator("[data-message]")).toHaveCount(2);
  await expect(theirs.getByTestId("session-owner")).toHaveText("Shared with you, to read");
  for (const tool of ["export-button", "share-button", "delete-button"]) {
    await expect(theirs.getByTestId(tool)).toHaveCount(0);
  }
  const kept = await theirs.evaluate(() =>
    JSON.stringify([history.state, location.href, { ...localStorage }, { ...sessionStorage }]),
  );
  expect(kept).not.toContain(secret);
  expect(sent.join(" ")).not.toContain(secret);

  await viewer.id("revoke-links").click();
  await expect(dialog.getByText("No link opens this conversation any more.")).toBeVisible();
  await theirs.goto("about:blank");
  await theirs.goto(link);
  await expect(theirs.getByTestId("viewer-problem")).toContainText(
    "This link opens nothing any more",
  );
  await theirs.reload();
  await expect(theirs.getByTestId("viewer-problem")).toContainText("belongs to someone else");
  await theirs.close();
});

test("a parent is told that sharing a child's conversation needs consent first", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { headers } = await tokenOf(request, "student1");
  const sessionId = await ask(request, headers);
  await signIn.stay("parent1");
  await viewer.goto(sessionId);
  await viewer.id("share-button").click();
  await viewer.id("make-link").click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("agree to sharing");
});
