// @vitest-environment node
import { describe, expect, it } from "vitest";
import { ApiProblem, Unreachable } from "../../api/problem";
import { newPasswordErrorOf, willDo } from "./newPassword";

describe("a new password", () => {
  it.each([
    ["123456789", false],
    ["1234567890", true],
    ["🦁🦁🦁🦁🦁🦁🦁🦁🦁", false],
    ["🦁".repeat(10), true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
  ])("%s_will_do_is_%s", (password, expected) => {
    expect(willDo(password)).toBe(expected);
  });
});

describe("a refusal", () => {
  it.each([
    [new ApiProblem(422, "link_expired"), "link"],
    [new ApiProblem(422, "invalid"), "wrong"],
    [new ApiProblem(429, "too_many_requests"), "wait"],
    [new ApiProblem(503, "unavailable"), "other"],
    [new Unreachable("x"), "offline"],
    [new Error("x"), "other"],
  ])("%s_means_%s", (cause, expected) => {
    expect(newPasswordErrorOf(cause)).toBe(expected);
  });
});
