// The pages of consent and of erasing as a person meets them.
import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { newChild, newGuardian } from "./family";
import { ask, tokenOf, type Account } from "./server";

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

/** One's own data, or a child's as its guardian sees it. */
export class ErasurePage extends Named {
  readonly card = (scope: "conversations" | "account") =>
    this.page.locator(`[data-erase=${scope}]`);
  readonly start = (scope: "conversations" | "account") => this.id(`erase-${scope}`);
  readonly error = () => this.dialog().getByRole("alert");

  async goto(childId?: string) {
    await this.open(childId === undefined ? "/privacy/" : `/family/erase/${childId}`);
    await expect(this.page.locator("[data-erase]").first()).toBeVisible();
  }

  async stands(
    scope: "conversations" | "account",
    standing: "none" | "asked" | "pending" | "running",
  ) {
    await expect(this.card(scope)).toHaveAttribute("data-standing", standing);
  }

  async confirm() {
    await this.id("confirm-erase").click();
  }
}

export class ReceiptPage extends Named {
  readonly receipt = () => this.id("receipt");

  async isDone(title: string) {
    await expect(this.page).toHaveURL(/\/receipt#/);
    await expect(this.receipt()).toHaveAttribute("data-status", "completed");
    await expect(this.receipt()).toContainText(title);
  }
}

type Wish = { what?: "conversations" | "account"; immediate?: boolean };

/** What somebody wishes, past the page. */
export async function wishErased(
  request: APIRequestContext,
  headers: Record<string, string>,
  userId: string,
  { what = "conversations", immediate = false }: Wish = {},
) {
  const path = what === "account" ? `/api/users/${userId}` : `/api/privacy/conversations/${userId}`;
  const data = { reason: "We move away", confirm: true, immediate };
  const answer = await request.delete(path, { headers, data });
  expect(answer.ok()).toBe(true);
  return (await answer.json()) as { receiptId: string; status?: string };
}

/** A child signs in with its username. */
export async function tokenOfChild(
  request: APIRequestContext,
  { username, password }: { username: string; password: string },
) {
  const answer = await request.post("/api/auth", { data: { email: username, password } });
  const { token, user } = (await answer.json()) as { token: string; user: { userId: string } };
  return { headers: { Authorization: `Bearer ${token}` }, userId: user.userId };
}

/** A family of its own; the child has talked once. */
export async function talkingFamily(request: APIRequestContext) {
  const guardian = await newGuardian(request);
  const child = await newChild(request, guardian, "Ada");
  await agree(request, guardian, child.userId);
  const { headers } = await tokenOfChild(request, child);
  const sessionId = await ask(request, headers);
  return { guardian, child, headers, sessionId };
}

export async function signInAsChild(page: Page, child: { username: string; password: string }) {
  await page.goto("/sign-in");
  await page.locator("[name=email]").fill(child.username);
  await page.locator("[name=password]").fill(child.password);
  await page.locator("[type=submit]").click();
  await expect(page).toHaveURL(/\/animals$/);
}
