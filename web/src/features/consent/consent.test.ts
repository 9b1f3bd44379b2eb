// @vitest-environment node
import { expect, it } from "vitest";
import type { ConsentScopes } from "../../api/types";
import { NOTHING, flawOf, isSame, startOf, standingOf, withScope } from "./consent";

const talking: ConsentScopes = { collect: true, third_party: true, sharing: false };
const all: ConsentScopes = { ...talking, sharing: true };

it.each([
  [talking, false, "given"],
  [all, false, "given"],
  [{ ...NOTHING, collect: true }, false, "part"],
  [{ ...NOTHING, collect: true, sharing: true }, false, "part"],
  [NOTHING, false, "none"],
  [all, true, "again"],
])("consent to %j, to be asked again: %s, stands as %s", (scopes, askAgain, standing) => {
  expect(standingOf({ scopes, askAgain })).toBe(standing);
});

it("nothing_stays_without_keeping_and_everything_else_brings_it", () => {
  expect(withScope(all, "collect", false)).toEqual(NOTHING);
  expect(withScope(NOTHING, "third_party", true)).toEqual(talking);
  expect(withScope(all, "sharing", false)).toEqual(talking);
});

it.each([
  [NOTHING, "signed_form", "scopes"],
  [talking, null, "method"],
  [talking, "email_plus", null],
  [all, "email_plus", "weak"],
  [all, "text_plus", "weak"],
  [all, "video_call", null],
] as const)("to agree to %j by %s has the flaw %s", (scopes, method, flaw) => {
  expect(flawOf({ scopes, method })).toBe(flaw);
});

it("what_counts_for_nothing_any_more_is_not_ticked_for_anybody", () => {
  const given = { scopes: talking, method: "payment", askAgain: false } as const;
  expect(startOf(given)).toEqual({ scopes: talking, method: "payment" });
  expect(startOf({ ...given, askAgain: true })).toEqual({ scopes: NOTHING, method: null });
});

it("a_choice_differs_by_scope_and_by_method", () => {
  const choice = { scopes: talking, method: "payment" } as const;
  expect(isSame(choice, { ...choice, scopes: { ...talking } })).toBe(true);
  expect(isSame(choice, { ...choice, scopes: all })).toBe(false);
  expect(isSame(choice, { ...choice, method: "phone_call" })).toBe(false);
});
