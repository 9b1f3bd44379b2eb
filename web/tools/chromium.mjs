// The browser of the tests and of the screenshots: the distribution's Chromium. Run as a script, it
// installs it where that is allowed, and otherwise says what to install.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const PACKAGES = ["chromium", "fonts-noto-cjk", "fonts-noto-color-emoji"];

export const executablePath = "/usr/bin/chromium";

/** Nothing but the page: no sandbox (containers), no GPU, and no requests of the browser's own. */
export const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function missingChromium() {
  if (existsSync(executablePath)) return null;
  return `${executablePath} is missing: install ${PACKAGES.join(", ")}`;
}

function run(command, ...args) {
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href && missingChromium()) {
  const isRoot = process.getuid?.() === 0;
  const isDone = isRoot && run("apt-get", "update") && run("apt-get", "install", "-y", ...PACKAGES);
  if (!isDone) {
    console.error(missingChromium() ?? `not all of ${PACKAGES.join(", ")} could be installed`);
    process.exit(1);
  }
}
