// @vitest-environment node
import { expect, it } from "vitest";
import type { User } from "../../api/types";
import { rightsOf } from "./rights";

const person = (userId: string, role: User["role"], parentUserId?: string): User => ({
  userId,
  role,
  email: "",
  displayName: "",
  ...(parentUserId !== undefined && { parentUserId }),
});
const none = { export: false, share: false, delete: null, resume: false, trail: false };
const own = { export: true, share: true, delete: "now", resume: true, trail: true };

it.each([
  [person("a", "user"), "a", false, own],
  [person("a", "user"), "a", true, own],
  [person("c", "user", "p"), "c", false, { ...own, share: false, delete: "ask" }],
  [person("p", "parent"), "c", false, { ...own, resume: false }],
  [person("p", "parent"), "c", true, none],
  [person("k", "zookeeper"), "c", false, none],
  [person("x", "administrator"), "c", false, { ...none, export: true, delete: "now", trail: true }],
  [null, "c", true, none],
])("%j_of_%s_by_link_%s", (user, owner, byLink, expected) => {
  expect(rightsOf(user, owner, byLink)).toEqual(expected);
});
