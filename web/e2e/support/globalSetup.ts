import { missingChromium } from "../../tools/chromium.mjs";
import { missingBuild } from "../../tools/menagerie.mjs";

export default function globalSetup() {
  const missing = missingChromium() ?? missingBuild();
  if (missing === null) return;
  console.error(missing);
  process.exit(1);
}
