// @vitest-environment node
import { expect, it } from "vitest";
import { nextCut } from "./reveal";

it("always_moves_on_until_everything_is_shown", () => {
  const text = "Rrroar! I am Leo.";
  let cut = 0;
  for (let frame = 0; frame < 200; frame += 1) cut = nextCut(text, cut, 16);
  expect(cut).toBe(text.length);
});

it("never_cuts_inside_a_character_as_a_reader_sees_it", () => {
  const family = "👩‍👩‍👧";
  expect(nextCut(family + "a", 0, 1)).toBe(family.length);
});

it("a_text_that_became_shorter_is_shown_whole", () => {
  expect(nextCut("ab", 9, 16)).toBe(2);
});

it("hurries_when_a_burst_arrived", () => {
  expect(nextCut("a".repeat(1000), 0, 16)).toBeGreaterThan(30);
});
