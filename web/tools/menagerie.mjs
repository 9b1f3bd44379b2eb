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
 * @returns {Promise<{ url: string, letter: () => Promise<string>, stop: () => void }>} `letter` waits
 * for the link in the next letter
 */
export async function startMenagerie({ pace = 15, modelUrl } = {}) {
  const model = modelUrl ? ["--model-url", modelUrl] : ["--model-pace", String(pace)];
  const server = spawn(binary(), ["--memory", "--port", "0", "--web", dist, ...model], {
    cwd: resolve(web, ".."),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = () => void server.kill();
  const lines = createInterface(server.stdout);
  const url = await address(server, lines).catch((cause) => {
    stop();
    throw cause;
  });
  const letter = () => new Promise((resolve) => onLetter(lines, resolve));
  return { url, letter, stop };
}

function onLetter(lines, found) {
  const listen = (line) => {
    const [, link] = /: (\S+\/reset-password#\S+)$/.exec(line) ?? [];
    if (link === undefined) return;
    lines.off("line", listen);
    found(link);
  };
  lines.on("line", listen);
}

/** @returns {Promise<string>} */
function address(server, lines) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("menagerie names no address")), START_MS);
    server.once("exit", (code) => reject(new Error(`menagerie ended with ${code}`)));
    lines.on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line).url);
    });
  });
}
