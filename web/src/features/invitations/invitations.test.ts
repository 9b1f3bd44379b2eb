// @vitest-environment node
import { expect, it } from "vitest";
import type { Invitations } from "../../api/types";
import { invitationOf, kindFor, withSent, without } from "./invitations";

const times = { createdAt: "2026-01-01T10:00:00.000Z", expiresAt: "2026-01-15T10:00:00.000Z" };
const before: Invitations = {
  received: [{ invitationId: "r", kind: "child", from: "Pat", ...times }],
  sent: [{ invitationId: "s", kind: "guardian", to: "kim@example.org", ...times }],
};

it("parents_invite_children_and_adults_without_a_family_a_guardian", () => {
  expect(kindFor({ role: "parent" })).toBe("child");
  expect(kindFor({ role: "user" })).toBe("guardian");
  expect(kindFor({ role: "user", parentUserId: "p" })).toBeNull();
  expect(kindFor({ role: "zookeeper" })).toBeNull();
  expect(kindFor({ role: "visitor" })).toBeNull();
});

it("a_name_is_sent_as_what_it_is", () => {
  expect(invitationOf("kim@example.org")).toEqual({ email: "kim@example.org" });
  expect(invitationOf("mia.w")).toEqual({ username: "mia.w" });
});

it("what_was_sent_stands_first_and_once", () => {
  const sent = { invitationId: "t", kind: "child", to: "mia.w", ...times } as const;
  const after = withSent(withSent(before, sent), sent);
  expect(after.sent.map(({ invitationId }) => invitationId)).toEqual(["t", "s"]);
});

it("what_was_answered_or_taken_back_is_gone", () => {
  expect(without(before, "r")).toEqual({ ...before, received: [] });
  expect(without(before, "s")).toEqual({ ...before, sent: [] });
});
