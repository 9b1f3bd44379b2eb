// Generates src/api/schema.d.ts from the project's openapi.yaml; with --check it only says whether
// the committed file still matches.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const contract = new URL("../../../openapi.yaml", import.meta.url);
const target = new URL("../../src/api/schema.d.ts", import.meta.url);
const HEADER = "// Generated from openapi.yaml by `npm run api`; do not edit.\n\n";

async function generate() {
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  return HEADER + astToString(await openapiTS(contract));
}

let text;
try {
  text = await generate();
} catch (cause) {
  if (cause.code === "ERR_MODULE_NOT_FOUND") {
    console.error("openapi-typescript is missing: npm install --no-save --prefix tools/openapi");
  } else {
    console.error(cause);
  }
  process.exit(1);
}

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.d.ts does not match openapi.yaml: run npm run api");
  process.exit(1);
}
