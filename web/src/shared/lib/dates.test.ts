import { describe, expect, it } from "vitest";
import { formatAgo, tagOf } from "./dates";

describe("the reader's own kind of a language", () => {
  it.each([
    ["en", ["de", "en-GB"], "en-GB"],
    ["es", ["en-US"], "es"],
    ["zh", ["zh-TW"], "zh-TW"],
    ["zh", [], "zh-Hans"],
  ] as const)("%s_among_%j_is_%s", (locale, wanted, expected) => {
    expect(tagOf(locale, wanted)).toBe(expected);
  });
});

describe("how long ago", () => {
  const now = Date.parse("2026-05-10T12:00:00.000Z");
  it.each([
    ["2026-05-10T11:59:30.000Z", "now"],
    ["2026-05-10T12:00:30.000Z", "now"],
    ["2026-05-10T11:58:00.000Z", "2 minutes ago"],
    ["2026-05-10T09:00:00.000Z", "3 hours ago"],
    ["2026-05-09T11:00:00.000Z", "yesterday"],
    ["2026-04-20T11:00:00.000Z", "2 weeks ago"],
    ["2024-05-09T11:00:00.000Z", "2 years ago"],
  ])("%s_was_%s", (iso, expected) => {
    expect(formatAgo(iso, now, "en")).toBe(expected);
  });
});
