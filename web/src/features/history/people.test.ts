// @vitest-environment node
import { expect, it } from "vitest";
import type { FamilyMember } from "../../api/types";
import { peopleOf } from "./people";
import type { Session } from "./types";

const row = (userId: string, unread: boolean): Session => ({
  sessionId: "s",
  userId,
  animalId: "lion_001",
  animalName: "Leo",
  startTime: "",
  lastActivity: "",
  messageCount: 2,
  unread,
});

const child = (userId: string, displayName: string): FamilyMember => ({
  userId,
  role: "child",
  status: "active",
  displayName,
});

it("each_child_stands_by_name_and_one_unread_conversation_is_enough", () => {
  const children = [child("s", "Sam"), child("m", "Mia"), child("n", "Nia")];
  const latest = [row("s", false), row("m", false), row("s", true), row("p", true)];
  expect(peopleOf(children, latest)).toEqual([
    { userId: "m", name: "Mia", hasUnread: false },
    { userId: "n", name: "Nia", hasUnread: false },
    { userId: "s", name: "Sam", hasUnread: true },
  ]);
});
