// The pictures of the documentation, from a real run: the server in memory and its offline model.
import { chromium } from "@playwright/test";
import { mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { args, executablePath, missingChromium } from "./chromium.mjs";
import { missingBuild, startMenagerie } from "./menagerie.mjs";

const FOLDER = resolve(import.meta.dirname, "../../docs/screenshots");
const MAX_KB = 200;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const PICTURES = [
  {
    name: "chat-phone",
    viewport: PHONE,
    deviceScaleFactor: 2,
    animal: "lion_001",
    questions: ["What do you eat?"],
  },
  {
    name: "chat-desktop",
    viewport: DESKTOP,
    animal: "macaw_001",
    questions: ["Hello Ruby!", "Where do you live?"],
  },
  {
    name: "chat-dark",
    viewport: DESKTOP,
    colorScheme: "dark",
    animal: "lion_001",
    questions: ["Hello Leo!", "Why do you have a mane?"],
  },
];

async function takePicture(browser, baseURL, { name, animal, questions, ...options }) {
  const context = await browser.newContext({ baseURL, locale: "en-US", ...options });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.locator("[name=email]").fill("student1@test.cmz.org");
  await page.locator("[name=password]").fill("testpass123");
  await page.locator("[type=submit]").click();
  await page.locator(`[data-animal="${animal}"]`).click();
  for (const question of questions) {
    await page.getByTestId("message-input").fill(question);
    await page.getByTestId("send-button").click();
    await page.getByTestId("stop-button").waitFor();
    await page.getByTestId("send-button").waitFor();
    await page.locator(".caret").waitFor({ state: "detached" });
  }
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  const path = resolve(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  const kb = Math.round(statSync(path).size / 1000);
  console.log(`${name}.png  ${kb} kB`);
  return kb <= MAX_KB;
}

const missing = missingChromium() ?? missingBuild();
if (missing !== null) {
  console.error(missing);
  process.exit(1);
}
mkdirSync(FOLDER, { recursive: true });
const server = await startMenagerie();
const browser = await chromium.launch({ executablePath, args });
try {
  for (const picture of PICTURES) {
    const isSmall = await takePicture(browser, server.url, picture);
    if (!isSmall) throw new Error(`${picture.name}.png is larger than ${MAX_KB} kB`);
  }
} finally {
  await browser.close();
  server.stop();
}
