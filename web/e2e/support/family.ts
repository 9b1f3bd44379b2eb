// The pages of families, invitations, the trail and alerts as a person meets them.
import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { newAccount, tokenOf, type Account } from "./server";

abstract class Pages {
  readonly page: Page;
  protected abstract readonly path: string;

  constructor(page: Page) {
    this.page = page;
  }

  readonly id = (testId: string) => this.page.getByTestId(testId);

  async goto(search = "") {
    await this.page.goto(this.path + search);
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
  }
}

export class FamilyPage extends Pages {
  protected readonly path = "/family/";
  readonly families = () => this.page.locator("[data-family]");
  readonly people = () => this.page.locator("[data-person]");
  readonly child = (name: string) => this.page.locator("[data-child]").filter({ hasText: name });
}

export class InvitationsPage extends Pages {
  protected readonly path = "/invitations/";
  readonly received = (name: string) =>
    this.page.locator("[data-received]").filter({ hasText: name });
  readonly sent = () => this.page.locator("[data-sent]");

  async invite(name: string) {
    await this.page.locator("[name=name]").fill(name);
    await this.page.locator("[type=submit]").click();
  }
}

export class TrailPage extends Pages {
  protected readonly path = "/trail";
  readonly entries = (event?: string) =>
    this.page.locator(event === undefined ? "[data-entry]" : `[data-entry=${event}]`);
}

export class AlertsPage extends Pages {
  protected readonly path = "/alerts/";
  readonly alerts = (kind?: string) =>
    this.page.locator(kind === undefined ? "[data-alert]" : `[data-alert=${kind}]`);
}

/** A guardian whose family no other test knows. */
export async function newGuardian(request: APIRequestContext, displayName = "Gil") {
  return newAccount(request, { role: "parent", displayName });
}

/** A child that the guardian made an account for; it may not talk before consent. */
export async function newChild(request: APIRequestContext, guardian: Account, name = "Ada") {
  const { headers, userId } = await tokenOf(request, guardian.email, guardian.password);
  const username = `c${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
  const data = { displayName: name, username, password: "quiet river stones" };
  const answer = await request.post(`/api/family/${userId}/children`, { headers, data });
  expect(answer.status()).toBe(201);
  return { ...((await answer.json()) as { userId: string }), username, password: data.password };
}
