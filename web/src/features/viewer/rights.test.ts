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
const none = { export: false, share: false, delete: null, resume: false };

it.each([
  [person("a", "user"), "a", false, { export: true, share: true, delete: "now", resume: true }],
  [person("a", "user"), "a", true, { export: true, share: true, delete: "now", resume: true }],
  [
    person("c", "user", "p"),
    "c",
    false,
    { export: true, share: false, delete: "ask", resume: true },
  ],
  [person("p", "parent"), "c", false, { export: true, share: true, delete: "now", resume: false }],
  [person("p", "parent"), "c", true, none],
  [person("k", "zookeeper"), "c", false, none],
  [person("x", "administrator"), "c", false, { ...none, export: true, delete: "now" }],
  [null, "c", true, none],
])("%j_of_%s_by_link_%s", (user, owner, byLink, expected) => {
  expect(rightsOf(user, owner, byLink)).toEqual(expected);
});
