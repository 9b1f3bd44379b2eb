// Requirement document 000, ticket 8: a conversation saved as a file.
import { readFile } from "node:fs/promises";
import { expect, test } from "./support/fixtures";
import { ask, newAccount, tokenOf } from "./support/server";

test("c000_8_5 a conversation is saved as PDF, as text and for programs", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { email, password } = await newAccount(request);
  const { headers } = await tokenOf(request, email, password);
  const sessionId = await ask(request, headers, { message: "Hello Leo!" });
  await signIn.stay(email, password);
  await viewer.goto(sessionId);
  for (const format of ["pdf", "txt", "json"]) {
    await viewer.id("export-button").click();
    const download = page.waitForEvent("download");
    await viewer.id(`export-${format}`).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(
      new RegExp(`^lion_001-\\d{4}-\\d{2}-\\d{2}\\.${format}$`),
    );
    const content = await readFile(await file.path(), "latin1");
    expect(content).toContain(format === "pdf" ? "%PDF-" : "Hello Leo!");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(viewer.id("export-button")).toBeFocused();
  }
});

test("a conversation too large for a file says so, and text is still offered", async ({
  page,
  request,
  signIn,
  viewer,
}) => {
  const { headers } = await tokenOf(request, "student1");
  const sessionId = await ask(request, headers);
  await page.route("**/export?format=pdf", (route) =>
    route.fulfill({ status: 413, json: { code: "export_too_large" } }),
  );
  await signIn.stay("student1");
  await viewer.goto(sessionId);
  await viewer.id("export-button").click();
  await viewer.id("export-pdf").click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("too large");
  await expect(viewer.id("export-txt")).toBeEnabled();
});
