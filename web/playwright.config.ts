import { defineConfig } from "@playwright/test";
import { args, executablePath } from "./tools/chromium.mjs";

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/support/globalSetup.ts",
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 8_000 },
  forbidOnly: !!process.env["CI"],
  // A busy machine can starve a browser; a test that needs its second try is listed as flaky.
  retries: process.env["CI"] ? 1 : 0,
  reporter: "list",
  use: {
    launchOptions: { executablePath, args },
    locale: "en-US",
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
  },
});
