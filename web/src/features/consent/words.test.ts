import { expect, it } from "vitest";
import { consentText, saidText } from "./words";

const scopes = { collect: true, third_party: true, sharing: false };
it.each([
  [scopes, false, "Given"],
  [{ ...scopes, third_party: false }, false, "Not given: no talking yet"],
  [{ ...scopes, collect: false }, false, "Not given: no talking yet"],
  [scopes, true, "To be given again: the notice has changed"],
])("consent to %j, to be asked again: %s, is said in words", (scopes, askAgain, text) => {
  expect(consentText({ scopes, askAgain })).toBe(text);
});

it("what_was_said_is_one_line_without_what_was_never_said", () => {
  const said = {
    scopes: { collect: true, third_party: true, sharing: false },
    method: "payment",
    noticeVersion: "1.90",
    changedAt: "2026-11-20T12:00:00Z",
  } as const;
  expect(saidText(said, "en")).toBe(
    "Keeping and Language model · Nov 20, 2026 · A payment that the cardholder is told of · Notice 1.90",
  );
  const nothing = { scopes: { ...scopes, collect: false, third_party: false } };
  const never = { ...nothing, method: null, noticeVersion: null, changedAt: null };
  expect(saidText(never, "en")).toBe("Nothing");
});
