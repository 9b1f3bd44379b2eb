// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

type Messages = Record<string, string>;

function messages(locale: string): Messages {
  return JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), "utf8"));
}

const inputs = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

it.each(["es", "zh"])("%s_says_everything_english_says_with_the_same_inputs", (locale) => {
  const english = messages("en");
  const other = messages(locale);
  expect(Object.keys(other)).toEqual(Object.keys(english));
  for (const [key, text] of Object.entries(english)) {
    expect(inputs(other[key] ?? ""), key).toEqual(inputs(text));
  }
});
