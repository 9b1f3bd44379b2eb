// @vitest-environment node
import { expect, it } from "vitest";
import type { Family, FamilyMember } from "../../api/types";
import {
  childrenOf,
  forChild,
  guardianOf,
  isUsername,
  limitOf,
  limitText,
  memberName,
  withChild,
  withControls,
} from "./family";

const member = (userId: string, more: Partial<FamilyMember> = {}): FamilyMember => ({
  userId,
  role: "child",
  status: "active",
  ...more,
});
const family: Family = {
  familyId: "p",
  members: [member("p", { role: "guardian" }), member("m"), member("s", { status: "erased" })],
  counts: { guardians: 1, children: 2 },
};

it("the_guardian_is_apart_and_who_was_erased_is_gone", () => {
  expect(guardianOf(family)?.userId).toBe("p");
  expect(childrenOf(family).map(({ userId }) => userId)).toEqual(["m"]);
});

it("a_child_who_comes_stands_once", () => {
  const child = member("n", { displayName: "Nia" });
  const grown = withChild(withChild(family, child), child);
  expect(grown.members).toHaveLength(4);
  expect(grown.counts).toEqual({ guardians: 1, children: 3 });
});

it("what_is_set_is_set_for_one_child_only", () => {
  const { members } = withControls(family, "m", { paused: true, dailyLimit: 5 });
  expect(members.map(({ controls }) => controls?.paused)).toEqual([undefined, true, undefined]);
});

it("a_name_that_is_not_told_is_a_piece_of_the_id", () => {
  expect(memberName(member("0190f3a1-7b2c-7def-8123-456789abcdef"))).toBe("Child abcdef");
  expect(memberName(member("x", { displayName: "Mia" }))).toBe("Mia");
});

it.each([
  ["1", 1],
  [" 20 ", 20],
  ["1000", 1000],
  ["0", null],
  ["1001", null],
  ["2.5", null],
  ["-3", null],
  ["1e3", null],
  ["", null],
])("a_limit_typed_as_%j_is_%j", (typed, limit) => {
  expect(limitOf(typed)).toBe(limit);
});

it("a_limit_is_said_in_words", () => {
  expect(limitText(null)).toBe("No limit of their own");
  expect(limitText(undefined)).toBe("No limit of their own");
  expect(limitText(7)).toBe("Questions a day: 7");
});

it.each([
  ["mia.w_2-b", true],
  ["niña", true],
  ["小明明", true],
  ["ab", false],
  ["a@b.org", false],
  ["mia w", false],
  ["m".repeat(33), false],
])("%s_as_a_username_is_%s", (text, isOne) => {
  expect(isUsername(text)).toBe(isOne);
});

it("the_page_about_a_child_has_its_id", () => {
  expect(forChild("/family/consent/:childId", "a/b")).toBe("/family/consent/a%2Fb");
});
