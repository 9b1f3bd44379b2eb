// Two people become family: one invites, the other one agrees or does not.
import { FamilyPage, InvitationsPage, newGuardian } from "./support/family";
import { expect, test } from "./support/fixtures";
import { newAccount, tokenOf } from "./support/server";

test("two people become family by an invitation, each told what it means", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const guardian = await newGuardian(request, "Gil");
  const child = await newAccount(request, { displayName: "Kit" });
  const invitations = new InvitationsPage(page);
  await signIn.stay(guardian.email, guardian.password);
  await page.goto("/dashboard/conversations/animals");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Invitations" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("alert")).toContainText("Please fill in an email or a username.");
  await invitations.invite(child.email);
  await expect(invitations.id("said")).toContainText("If somebody signs in with this name");
  await expect(invitations.sent()).toHaveCount(1);
  await invitations.invite("nobody.at.all");
  await expect(invitations.sent()).toHaveCount(2);
  await invitations.sent().filter({ hasText: "nobody.at.all" }).getByTestId("withdraw").click();
  await expect(invitations.sent()).toHaveCount(1);
  await expect(invitations.id("said")).toBeFocused();

  await as(
    child.email,
    async ({ page }) => {
      const invitations = new InvitationsPage(page);
      await invitations.goto();
      const accept = invitations.received("Gil").getByTestId("accept");
      await accept.click();
      const dialog = page.getByRole("dialog", { name: "Shall Gil be your guardian?" });
      await expect(dialog).toContainText("Gil can read all your conversations");
      await expect(dialog.getByRole("button", { name: "Not now" })).toBeFocused();
      await page.keyboard.press("Escape");
      await expect(accept).toBeFocused();
      await accept.click();
      await dialog.getByTestId("confirm").click();
      await expect(invitations.id("said")).toContainText("You are family now");
      await expect(page.getByText("Your guardian looks after your family")).toBeVisible();
      await page.getByRole("link", { name: "Family" }).click();
      await expect(new FamilyPage(page).people().first()).toContainText("Gil");
    },
    child.password,
  );
  const family = new FamilyPage(page);
  await expect(async () => {
    await family.goto();
    await expect(family.child("Kit")).toBeVisible({ timeout: 2_000 });
  }).toPass();
});

test("an invitation is declined, or goes before it is answered", async ({
  page,
  request,
  signIn,
  as,
}) => {
  const guardian = await newGuardian(request, "Gil");
  const child = await newAccount(request, { displayName: "Kit" });
  const theirs = await tokenOf(request, guardian.email, guardian.password);
  const invite = async () => {
    const data = { kind: "child", email: child.email };
    const answer = await request.post("/api/invitations", { headers: theirs.headers, data });
    return ((await answer.json()) as { invitationId: string }).invitationId;
  };
  await invite();
  const invitations = new InvitationsPage(page);
  await signIn.stay(child.email, child.password);
  await invitations.goto();
  await invitations.received("Gil").getByTestId("decline").click();
  await page.getByRole("dialog").getByTestId("confirm").click();
  await expect(invitations.id("said")).toContainText("The invitation of Gil is gone");
  await expect(invitations.received("Gil")).toHaveCount(0);

  const second = await invite();
  await invitations.goto();
  await invitations.received("Gil").getByTestId("accept").click();
  const gone = await request.delete(`/api/invitations/${second}`, { headers: theirs.headers });
  expect(gone.status()).toBe(204);
  await page.getByRole("dialog").getByTestId("confirm").click();
  await expect(invitations.received("Gil")).toHaveCount(0);
  await as("keeper1", async ({ page }) => {
    await page.goto("/invitations/");
    await expect(page.getByText("Invitations are for parents")).toBeVisible();
  });
});
