// Consent, erasing and receipts, in each language and both colours.
import { expectAccessible } from "./support/accessible";
import { FamilyPage, newChild, newGuardian } from "./support/family";
import { PHONE, expect, test } from "./support/fixtures";
import { ConsentPage, ErasurePage, agree, tokenOfChild, wishErased } from "./support/privacy";
import { newAccount, tokenOf } from "./support/server";

for (const locale of ["en-US", "es-ES", "zh-CN"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${locale}, ${colorScheme}`, () => {
      test.use({ locale, colorScheme, contextOptions: { reducedMotion: "reduce" } });
      if (colorScheme === "dark") test.use({ viewport: PHONE });

      test(`no violations in consent, ${locale}, ${colorScheme}`, async ({
        page,
        request,
        signIn,
      }) => {
        test.slow();
        const guardian = await newGuardian(request);
        const child = await newChild(request, guardian, "Ada");
        const consent = new ConsentPage(page);
        await signIn.stay(guardian.email, guardian.password);
        await new FamilyPage(page).goto();
        await expect(page.getByTestId("consent-needed")).toBeVisible();
        await expectAccessible(page, "a child without consent");
        await consent.goto(child.userId);
        await consent.id("agree").click();
        await expectAccessible(page, "nothing agreed to yet");
        await consent.method().selectOption("email_plus");
        await consent.scope("sharing").check();
        await expectAccessible(page, "a method too weak");
        await consent.method().selectOption("video_call");
        await consent.scope("third_party").check();
        await consent.id("agree").click();
        await consent.stands("given");
        await expectAccessible(page, "agreed");
        await consent.id("withdraw").click();
        await expect(consent.dialog()).toBeVisible();
        await expectAccessible(page, "taking it back");
      });

      test(`no violations in erasing, ${locale}, ${colorScheme}`, async ({
        page,
        request,
        signIn,
        as,
      }) => {
        test.slow();
        const guardian = await newGuardian(request);
        const child = await newChild(request, guardian, "Ada");
        await agree(request, guardian, child.userId);
        const { headers } = await tokenOfChild(request, child);
        await wishErased(request, headers, child.userId);
        const erasure = new ErasurePage(page);
        await signIn.stay(guardian.email, guardian.password);
        await new FamilyPage(page).goto();
        await expect(page.locator("[data-wish]")).toBeVisible();
        await expectAccessible(page, "a child that wishes");
        await erasure.goto(child.userId);
        await erasure.stands("conversations", "asked");
        await page.route("**/api/privacy/export/*", (route) => route.abort(), { times: 1 });
        await page.getByTestId("save-data").click();
        await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
        await expectAccessible(page, "a wish to decide, and no file");
        await erasure.id("confirm-wish").click();
        await erasure.confirm();
        await expectAccessible(page, "erasing conversations");
        await page.locator("[name=sure]").check();
        await erasure.confirm();
        await erasure.stands("conversations", "pending");
        await expectAccessible(page, "planned");
        await erasure.start("account").click();
        await erasure.confirm();
        await expectAccessible(page, "erasing an account");
        const person = await newAccount(request);
        const own = await tokenOf(request, person.email, person.password);
        await as(
          person.email,
          async ({ page }) => {
            const { receiptId } = await wishErased(request, own.headers, person.userId);
            await new ErasurePage(page).goto();
            await expect(page.getByTestId("receipts")).toBeVisible();
            await page.getByTestId("save-data").click();
            await expect(page.getByRole("status").filter({ hasText: /\S/ })).toBeVisible();
            await expectAccessible(page, "one's own, downloaded");
            await page.route("**/api/privacy/export/*", () => {}, { times: 1 });
            await page.getByTestId("save-data").click();
            await expect(page.getByRole("progressbar")).toBeVisible();
            await expectAccessible(page, "one's own on its way");
            await page.goto(`/receipt#${receiptId}`);
            await expect(page.getByTestId("counts")).toBeVisible();
            await expectAccessible(page, "a receipt");
          },
          person.password,
        );
        await as("student1", async ({ page }) => {
          const own = new ErasurePage(page);
          await own.goto();
          await own.start("account").click();
          await expect(own.dialog()).toBeVisible();
          await expectAccessible(page, "a child that asks");
        });
        await page.goto("/receipt#01a1ff25-0550-7498-9ff6-2910dea052b9");
        await expect(page.getByRole("heading", { level: 2 })).toBeVisible();
        await expectAccessible(page, "no receipt");
      });
    });
  }
}
