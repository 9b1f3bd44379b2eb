// Requirement document 000, ticket 14: families, invitations, the trail and alerts, in each language and both colours.
import { expectAccessible } from "./support/accessible";
import {
  AlertsPage,
  FamilyPage,
  InvitationsPage,
  TrailPage,
  newChild,
  newGuardian,
} from "./support/family";
import { PHONE, expect, test } from "./support/fixtures";
import { ask, newAccount, tokenOf } from "./support/server";

for (const locale of ["en-US", "es-ES", "zh-CN"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${locale}, ${colorScheme}`, () => {
      test.use({ locale, colorScheme, contextOptions: { reducedMotion: "reduce" } });
      if (colorScheme === "dark") test.use({ viewport: PHONE });

      test(`c000_14_6 no violations in families and invitations, ${locale}, ${colorScheme}`, async ({
        page,
        request,
        signIn,
        as,
      }) => {
        test.slow();
        const guardian = await newGuardian(request);
        const nobody = await newAccount(request);
        await signIn.stay(guardian.email, guardian.password);
        const family = new FamilyPage(page);
        await family.goto();
        await expect(family.id("childless")).toBeVisible();
        await expectAccessible(page, "a family without children");
        await newChild(request, guardian, "Ada");
        await expect(async () => {
          await page.reload();
          await expect(family.child("Ada")).toBeVisible({ timeout: 2_000 });
        }).toPass();
        await family.id("pause").click();
        await expect(family.id("paused")).toBeVisible();
        await expectAccessible(page, "a family");
        await family.id("set-limit").click();
        await page.getByRole("radio").last().check();
        await page.locator("[name=limit]").fill("0");
        await page.getByRole("dialog").locator("[type=submit]").click();
        await expectAccessible(page, "a limit");
        await page.keyboard.press("Escape");
        await family.id("add-child").click();
        await page.getByRole("dialog").locator("[type=submit]").click();
        await expectAccessible(page, "a new child");
        await page.keyboard.press("Escape");
        await page.locator("[popovertarget]").click();
        await expect(page.locator("[popover] nav")).toBeVisible();
        await expectAccessible(page, "settings of a guardian");
        const invitations = new InvitationsPage(page);
        await invitations.goto();
        await invitations.invite(nobody.email);
        await expect(invitations.sent()).toHaveCount(1);
        await expectAccessible(page, "invitations one made");
        await as(
          nobody.email,
          async ({ page }) => {
            const family = new FamilyPage(page);
            await family.goto();
            await expect(family.id("no-family")).toBeVisible();
            await expectAccessible(page, "no family");
            const invitations = new InvitationsPage(page);
            await invitations.goto();
            await expect(invitations.received("Gil")).toBeVisible();
            await expectAccessible(page, "invitations one got");
            for (const answer of ["accept", "decline"]) {
              await invitations.id(answer).click();
              await expect(page.getByRole("dialog")).toBeVisible();
              await expectAccessible(page, answer);
              await page.keyboard.press("Escape");
              await expect(page.getByRole("dialog")).toHaveCount(0);
            }
          },
          nobody.password,
        );
        await as("student1", async ({ page }) => {
          const family = new FamilyPage(page);
          await family.goto();
          await expect(family.people().first()).toBeVisible();
          await expectAccessible(page, "a family, to a child");
        });
        await as(
          "admin@cmz.org",
          async ({ page }) => {
            const family = new FamilyPage(page);
            await family.goto();
            await expect(family.families().first()).toBeVisible();
            await expectAccessible(page, "all families");
          },
          "admin123",
        );
      });

      test(`c000_14_6 no violations in the trail and alerts, ${locale}, ${colorScheme}`, async ({
        page,
        request,
        signIn,
        as,
      }) => {
        test.slow();
        const { headers } = await tokenOf(request, "student1");
        const keeper = await tokenOf(request, "keeper1");
        const other = await tokenOf(request, "student3");
        const address = `/api/conversations/history/${await ask(request, headers)}`;
        await request.get(address, { headers: { ...keeper.headers, "X-Access-Reason": "x" } });
        await request.get(address, { headers: other.headers });
        await signIn.stay("parent1");
        const trail = new TrailPage(page);
        const refused = trail.entries("unauthorized_access_attempt").first();
        await expect(async () => {
          await trail.goto();
          await expect(refused).toBeVisible({ timeout: 2_000 });
        }).toPass();
        await expectAccessible(page, "who read this");
        await as(
          "admin@cmz.org",
          async ({ page }) => {
            const trail = new TrailPage(page);
            await trail.goto(`?by=${keeper.userId}`);
            await expect(trail.entries().first()).toBeVisible();
            await trail.entries().first().locator("summary").click();
            await trail.id("verify").click();
            await expect(trail.id("report")).toBeVisible();
            await expectAccessible(page, "the whole trail");
            await page.route("**/api/audit/verify", (route) =>
              route.fulfill({
                json: { verified: false, entries: 1, firstBroken: { block: 1, flaw: "cut_off" } },
              }),
            );
            await trail.id("verify").click();
            await expect(trail.id("report")).toHaveAttribute("data-verified", "false");
            await trail.id("to").fill("2020-01-01");
            await expect(trail.id("nothing-found")).toBeVisible();
            await expectAccessible(page, "a broken trail, and nothing found");
            const alerts = new AlertsPage(page);
            await alerts.goto();
            await expect(alerts.alerts().first()).toBeVisible();
            await expectAccessible(page, "alerts");
          },
          "admin123",
        );
      });
    });
  }
}
