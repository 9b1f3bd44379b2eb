// The pages as a person meets them; what they are made of stands here and nowhere else.
import { expect, type Locator, type Page } from "@playwright/test";

export const PASSWORD = "testpass123";
export const STREAM = "**/api/convo_turn/stream";
/** To listen on to a turn, or to call it off. */
export const TURN = "**/api/convo_turn/stream/*";

/** Of a demo account by its short name, or as it is. */
const addressOf = (name: string) => (name.includes("@") ? name : `${name}@test.cmz.org`);

export class SignInPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async signIn(name: string, password = PASSWORD) {
    await this.page.goto("/sign-in");
    await this.enter(addressOf(name), password);
    await expect(this.page).toHaveURL(/\/animals$/);
  }

  async enter(email: string, password: string) {
    await this.page.locator("[name=email]").fill(email);
    await this.page.locator("[name=password]").fill(password);
    await this.page.locator("[type=submit]").click();
  }

  async visit() {
    await this.page.goto("/sign-in");
    await this.page.getByTestId("visitor-entry").click();
    await expect(this.page).toHaveURL(/\/animals$/);
  }

  /** Signed in already, as after a reload; for tests of what comes then. */
  async stay(name: string, password = PASSWORD) {
    const data = { email: addressOf(name), password };
    const answer = await this.page.request.post("/api/auth", { data });
    const { refreshToken } = (await answer.json()) as { refreshToken: string };
    await this.page.addInitScript((token) => {
      const key = "menagerie.refresh";
      if (sessionStorage.getItem(key) === null) sessionStorage.setItem(key, token);
    }, refreshToken);
  }
}

export class AnimalsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async goto() {
    await this.page.goto("/dashboard/conversations/animals");
  }

  animal(animalId: string) {
    return this.page.locator(`[data-animal="${animalId}"]`);
  }
}

export class ChatPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  readonly id = (testId: string) => this.page.getByTestId(testId);
  readonly questions = () => this.id("user-message");
  /** The animal's greeting stands first. */
  readonly answers = () => this.id("assistant-message");
  readonly lastAnswer = () => this.answers().last();
  readonly typing = () => this.id("typing-indicator");
  readonly status = () => this.id("connection-status");
  readonly failure = () => this.id("turn-failure");
  readonly retry = () => this.id("retry-button");
  readonly facts = () => this.id("fact-cards");
  readonly stopped = () => this.id("stopped-mark");
  readonly caret = () => this.page.locator(".caret");
  readonly announced = () => this.page.locator("[aria-live=polite][aria-atomic]");

  async goto(animalId: string) {
    await this.page.goto(`/dashboard/conversations/chat/${animalId}`);
    await expect(this.id("message-input")).toBeVisible();
  }

  async send(message: string) {
    await this.id("message-input").fill(message);
    await this.id("send-button").click();
    await expect(this.questions().last()).toContainText(message);
  }

  /** The words of an answer, without who said them. */
  async words(answer: Locator) {
    const said = (await answer.locator(".sr-only").first().textContent()) ?? "";
    return ((await answer.textContent()) ?? "").slice(said.length);
  }

  async isNow(status: string) {
    await expect(this.status()).toHaveAttribute("data-status", status);
  }

  async messageIs(status: string) {
    await expect(this.id("message-status").last()).toHaveAttribute("data-status", status);
  }
}
