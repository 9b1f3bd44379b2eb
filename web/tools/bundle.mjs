// Adds up the JavaScript the chat page loads first (its chunk, the entry and everything both import
// statically), gzipped, and fails above the budget.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 120;
const PAGE = "src/features/chat/ChatPage.tsx";
const ENTRY = "index.html";

const dist = new URL("../dist/", import.meta.url);
const manifestFile = new URL(".vite/manifest.json", dist);
if (!existsSync(manifestFile)) {
  console.error("no dist/.vite/manifest.json: build first");
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));

function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the manifest has no ${key}`);
  if (!seen.has(key)) {
    seen.add(key);
    for (const next of chunk.imports ?? []) closure(next, seen);
  }
  return seen;
}

const files = [...closure(PAGE, closure(ENTRY))].map((key) => manifest[key].file);
const sizes = files.map((file) => [
  gzipSync(readFileSync(new URL(file, dist))).length / 1000,
  file,
]);
const total = sizes.reduce((sum, [kb]) => sum + kb, 0);

for (const [kb, file] of sizes.sort((a, b) => b[0] - a[0])) {
  console.log(`${kb.toFixed(1).padStart(7)} kB  ${file}`);
}
console.log(
  `${total.toFixed(1).padStart(7)} kB  gzip, first load of the chat page (budget ${BUDGET_KB} kB)`,
);
if (total > BUDGET_KB) process.exit(1);
