// Writes the animals' portraits and the favicon from Fluent Emoji (MIT), so that the pictures in
// public/ can be traced to their source. Run it again after adding an animal to PORTRAITS. Animals
// that Fluent Emoji lacks are drawn by hand in public/animals/ and left alone here.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const PORTRAITS = {
  lion_001: "lion",
  macaw_001: "parrot",
  reindeer_001: "deer",
  tiger_001: "tiger-face",
  wolf_001: "wolf",
};
const SUN = "#ffd166";

const source = createRequire(import.meta.url).resolve("@iconify-json/fluent-emoji-flat/icons.json");
const { icons } = JSON.parse(readFileSync(source, "utf8"));
const publicDir = new URL("../public/", import.meta.url);

function svg(body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${body}</svg>\n`;
}

for (const [animalId, icon] of Object.entries(PORTRAITS)) {
  writeFileSync(new URL(`animals/${animalId}.svg`, publicDir), svg(icons[icon].body));
}

const disc = `<circle cx="16" cy="16" r="16" fill="${SUN}"/>`;
const face = `<g transform="translate(4.5 4.5) scale(.72)">${icons.lion.body}</g>`;
writeFileSync(new URL("favicon.svg", publicDir), svg(disc + face));
