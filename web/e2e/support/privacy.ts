// The pages of consent and of erasing as a person meets them.
import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { tokenOf, type Account } from "./server";

abstract class Named {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  readonly id = (testId: string) => this.page.getByTestId(testId);
  readonly dialog = () => this.page.getByRole("dialog");

  protected async open(path: string) {
    await this.page.goto(path);
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
  }
}

export class ConsentPage extends Named {
  readonly state = () => this.id("consent-state");
  readonly scope = (name: "collect" | "third_party" | "sharing") =>
    this.page.locator(`[name=${name}]`);
  readonly method = () => this.page.locator("[name=method]");
  readonly changes = () => this.id("consent-history").locator("visible=true").locator("li");

  async goto(childId: string) {
    await this.open(`/family/consent/${childId}`);
    await expect(this.state()).toBeVisible();
  }

  async agreeToTalking(method = "signed_form") {
    await this.scope("collect").check();
    await this.scope("third_party").check();
    await this.method().selectOption(method);
    await this.id("agree").click();
  }

  async stands(standing: "given" | "part" | "none" | "again") {
    await expect(this.state()).toHaveAttribute("data-standing", standing);
  }
}

/** What a guardian agrees to, past the page. */
export async function agree(request: APIRequestContext, guardian: Account, childId: string) {
  const { headers } = await tokenOf(request, guardian.email, guardian.password);
  const notice = await request.get("/api/privacy/notice");
  const { version } = (await notice.json()) as { version: string };
  const data = {
    scopes: { collect: true, third_party: true, sharing: false },
    method: "signed_form",
    noticeVersion: version,
  };
  const answer = await request.put(`/api/privacy/consent/${childId}`, { headers, data });
  expect(answer.status()).toBe(200);
}
