// @vitest-environment node
import { expect, it } from "vitest";
import type { Role } from "../api/types";
import { entriesOf } from "./entries";

const pathsOf = (role: Role, parentUserId?: string) =>
  entriesOf({ role, ...(parentUserId !== undefined && { parentUserId }) }).map(({ to }) => to);

it.each<[string, Role, string | undefined, string[]]>([
  ["a visitor's account", "visitor", undefined, ["/history"]],
  ["a child", "user", "p", ["/history", "/family/", "/trail"]],
  ["an adult without a family", "user", undefined, ["/history", "/invitations/", "/trail"]],
  ["a guardian", "parent", undefined, ["/history", "/family/", "/invitations/", "/trail"]],
  ["a zookeeper", "zookeeper", undefined, ["/history", "/family/", "/alerts/", "/trail"]],
  [
    "an administrator",
    "administrator",
    undefined,
    ["/history", "/family/", "/alerts/", "/trail", "/accounts"],
  ],
])("%s_is_led_to_what_answers_them", (_, role, parentUserId, expected) => {
  expect(pathsOf(role, parentUserId)).toEqual(expected);
});
