// @vitest-environment node
import { expect, it } from "vitest";
import { marked } from "./excerpt";

const shown = (excerpt: string, wanted: string) =>
  marked(excerpt, wanted)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join("");

it.each([
  ["A lion's Mane, a mane.", "mane", "A lion's [Mane], a [mane]."],
  ["ｍａｎｅ", "Mane", "[ｍａｎｅ]"],
  ["狮子的鬃毛", "鬃毛", "狮子的[鬃毛]"],
  ["nothing of it", "mane", "nothing of it"],
  ["anything", "", "anything"],
  ["aaa", "aa", "[aa]a"],
  ["İstanbul 🦁 mane", "mane", "İstanbul 🦁 [mane]"],
])("%s_searched_for_%s", (excerpt, wanted, expected) => {
  expect(shown(excerpt, wanted)).toBe(expected);
});
