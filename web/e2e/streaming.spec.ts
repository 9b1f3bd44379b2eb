// Requirement document 000, ticket 9: an answer while it streams.
import { expect, staged as test } from "./support/fixtures";
import { ChatPage, STREAM, SignInPage } from "./support/pages";

const WORDS = "My mane keeps my neck warm and makes me look big and brave every single day. ";
const pieces = WORDS.match(/\S+ /g) ?? [];

test.beforeEach(async ({ signIn, chat }) => {
  await signIn.stay("student1");
  await chat.goto("lion_001");
});

test("c000_9_1 the typing indicator shows from the question until the first word", async ({
  chat,
  model,
}) => {
  model.will({ pieces: ["Hello!"], holdAt: 0 });
  await chat.send("Hello Leo!");
  await expect(chat.typing()).toBeVisible();
  await chat.isNow("thinking");
  await chat.messageIs("sent");
  model.release();
  await expect(chat.lastAnswer()).toContainText("Hello!");
  await expect(chat.typing()).toBeHidden();
  await chat.isNow("ready");
});

test("c000_9_2 the words appear character by character", async ({ chat, model, page }) => {
  model.will({ pieces, paceMs: 60 });
  await page.evaluate(() => {
    const seen: string[] = ((window as { seen?: string[] }).seen = []);
    const look = () => {
      const bubbles = document.querySelectorAll("[data-testid=assistant-message]");
      const text = bubbles.length > 1 ? bubbles[bubbles.length - 1]?.lastChild?.textContent : "";
      if (text && text !== seen.at(-1)) seen.push(text);
    };
    const watched = { subtree: true, childList: true, characterData: true };
    new MutationObserver(look).observe(document.body, watched);
  });
  await chat.send("Why do you have a mane?");
  await expect(chat.lastAnswer()).toContainText("every single day.");
  const seen = await page.evaluate(() => (window as { seen?: string[] }).seen ?? []);
  // More steps than pieces: words grow by characters. How fast, the unit tests say.
  expect(seen.length).toBeGreaterThan(pieces.length);
  for (const [index, text] of seen.slice(1).entries()) {
    expect(text.startsWith(seen[index] ?? "?")).toBe(true);
  }
});

for (const [what, text] of [
  ["a paragraph", WORDS.repeat(4)],
  ["a list", "I like:\n- naps in the shade\n- **long** roars "],
] as const) {
  test(`c000_9_3 the caret blinks inside the last line of ${what}, all the way`, async ({
    chat,
    model,
    page,
  }) => {
    await page.evaluate(watchCaret);
    model.will({ pieces: [...(text.match(/\S+\s/g) ?? []), "end ", "."], holdAt: 1000 });
    await chat.send("Tell me!");
    await expect(chat.lastAnswer()).toContainText("end");
    await expect(chat.caret()).toHaveCSS("animation-name", "caret-blink");
    await expect(chat.caret()).toHaveCSS("animation-iteration-count", "infinite");
    const seen = await page.evaluate(() => (window as Watched).carets ?? []);
    expect(seen.length).toBeGreaterThan(20);
    for (const { caret, line } of seen) {
      const centre = (caret.top + caret.bottom) / 2;
      expect(centre).toBeGreaterThan(line.top);
      expect(centre).toBeLessThan(line.bottom);
      expect(caret.left).toBeGreaterThanOrEqual(line.right - 1);
    }
  });
}

type Box = { top: number; bottom: number; left: number; right: number };
type Watched = Window & { carets?: { caret: Box; line: Box }[] };

/** Notes on every frame where the caret stands, and where the last line of text before it. */
function watchCaret() {
  const seen: { caret: Box; line: Box }[] = ((window as Watched).carets = []);
  const box = ({ top, bottom, left, right }: DOMRect) => ({ top, bottom, left, right });
  const look = () => {
    const element = document.querySelector(".caret");
    if (element?.parentElement) {
      const text = document.createRange();
      text.selectNodeContents(element.parentElement);
      text.setEndBefore(element);
      const line = [...text.getClientRects()].filter((rect) => rect.width > 0).at(-1);
      if (line) seen.push({ caret: box(element.getBoundingClientRect()), line: box(line) });
    }
    requestAnimationFrame(look);
  };
  look();
}

test("c000_9_6 an error says what happened and offers a retry that works", async ({
  chat,
  model,
}) => {
  model.will({ pieces: [], status: 429 });
  await chat.send("Hello Leo!");
  await expect(chat.page.getByRole("alert")).toContainText("talking to many visitors right now");
  await chat.retry().click();
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  await expect(chat.failure()).toBeHidden();
  await expect(chat.questions()).toHaveCount(1);
});

test("c000_9_6 a server that wants a pause gets it", async ({ chat, page }) => {
  const body = { type: "about:blank", title: "x", status: 503, code: "unavailable", error: "x" };
  const headers = { "Retry-After": "2", "Content-Type": "application/problem+json" };
  await page.route(
    STREAM,
    (route) => route.fulfill({ status: 503, headers, body: JSON.stringify(body) }),
    { times: 1 },
  );
  await chat.send("Hello Leo!");
  await expect(chat.retry()).toHaveText("Try again in 2 s");
  await expect(chat.retry()).toHaveAttribute("aria-disabled", "true");
  await chat.messageIs("unsent");
  await expect(chat.retry()).toHaveText("Try again");
  await chat.retry().click();
  await expect(chat.lastAnswer()).toContainText("Hello there!");
  await chat.messageIs("sent");
});

test("c000_9_7 a finished answer stands like any other message", async ({ chat, model, page }) => {
  model.will({ pieces: ["Every day I:\n", "- sleep **a lot**\n", "- nap in the shade"] });
  await chat.send("What do you do?");
  const items = chat.lastAnswer().locator("li");
  await expect(items).toHaveText(["sleep a lot", "nap in the shade"]);
  await expect(chat.lastAnswer().locator("strong")).toHaveText("a lot");
  await expect(chat.caret()).toHaveCount(0);
  await expect(chat.announced()).toHaveText(/Leo the Lion said: Every day I:/);
  await expect(chat.id("send-button")).toBeVisible();
  const live = await chat.lastAnswer().innerHTML();
  await page.reload();
  await expect(items).toHaveCount(2);
  expect(await chat.lastAnswer().innerHTML()).toBe(live);
});

test("c000_9_8 two tabs stream at once, each its own answer", async ({ chat, context, model }) => {
  const other = new ChatPage(await context.newPage());
  await new SignInPage(other.page).stay("student1");
  await other.goto("macaw_001");
  model.will({ pieces: ["I am ", "the lion."], holdAt: 1 });
  await chat.send("Who are you?");
  await expect(chat.lastAnswer()).toContainText("I am");
  model.will({ pieces: ["I am ", "the macaw."], holdAt: 1 });
  await other.send("Who are you?");
  await expect(other.lastAnswer()).toContainText("I am");
  model.release();
  await expect(chat.lastAnswer()).toContainText("I am the lion.");
  await expect(other.lastAnswer()).toContainText("I am the macaw.");
});

test("c000_9_8 changing animals in the middle keeps each conversation", async ({
  chat,
  model,
  page,
}) => {
  const others = page.getByRole("navigation", { name: "Talk with someone else" });
  model.will({ pieces: ["I am ", "the lion."], holdAt: 1 });
  await chat.send("Who are you?");
  await expect(chat.lastAnswer()).toContainText("I am");
  await others.getByRole("link", { name: "Ruby the Scarlet Macaw" }).click();
  await expect(chat.questions()).toHaveCount(0);
  model.will({ pieces: ["I am ", "the macaw."], holdAt: 1 });
  await chat.send("And you?");
  await expect(chat.lastAnswer()).toContainText("I am");
  await others.getByRole("link", { name: "Leo the Lion" }).click();
  await expect(chat.questions()).toHaveText([/Who are you\?/]);
  model.release();
  await expect(chat.lastAnswer()).toContainText("I am the lion.");
  await others.getByRole("link", { name: "Ruby the Scarlet Macaw" }).click();
  await expect(chat.questions()).toHaveText([/And you\?/]);
  await expect(chat.lastAnswer()).toContainText("I am the macaw.");
});
