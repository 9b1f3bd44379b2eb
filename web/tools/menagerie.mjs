// Starts the real server for the tests and the screenshots: everything in memory, a port of its own.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const web = resolve(import.meta.dirname, "..");
const dist = resolve(web, "dist");
const START_MS = 20_000;

function binary() {
  const { MENAGERIE_BIN, CARGO_TARGET_DIR } = process.env;
  return resolve(web, MENAGERIE_BIN ?? `${CARGO_TARGET_DIR ?? "../target"}/debug/menagerie`);
}

/** What has to be built first, as one line; null when everything is there. */
export function missingBuild() {
  if (!existsSync(binary())) {
    return `${binary()} is missing: build the server, or name it in MENAGERIE_BIN`;
  }
  if (!existsSync(resolve(dist, "index.html"))) return `${dist} is missing: npm run build`;
  return null;
}

/**
 * @param {{ pace?: number, modelUrl?: string }} options milliseconds between two pieces of the
 * offline model's answers, or another model in its place
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startMenagerie({ pace = 15, modelUrl } = {}) {
  const model = modelUrl ? ["--model-url", modelUrl] : ["--model-pace", String(pace)];
  const server = spawn(binary(), ["--memory", "--port", "0", "--web", dist, ...model], {
    cwd: resolve(web, ".."),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = () => void server.kill();
  const url = await address(server).catch((cause) => {
    stop();
    throw cause;
  });
  return { url, stop };
}

/** @returns {Promise<string>} */
function address(server) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("menagerie names no address")), START_MS);
    server.once("exit", (code) => reject(new Error(`menagerie ended with ${code}`)));
    createInterface(server.stdout).on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line).url);
    });
  });
}
