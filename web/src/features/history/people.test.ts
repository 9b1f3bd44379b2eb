// @vitest-environment node
import { expect, it } from "vitest";
import { peopleOf } from "./people";
import type { Session } from "./types";

const row = (userId: string, displayName: string | undefined, unread: boolean): Session => ({
  sessionId: "s",
  userId,
  animalId: "lion_001",
  animalName: "Leo",
  startTime: "",
  lastActivity: "",
  messageCount: 2,
  unread,
  ...(displayName !== undefined && { displayName }),
});

it("each_child_stands_once_by_name_and_one_unread_conversation_is_enough", () => {
  const rows = [
    row("s", "Sam", true),
    row("m", "Mia", false),
    row("s", "Sam", false),
    row("p", "Pat", false),
    row("x", undefined, false),
  ];
  expect(peopleOf(rows, "p")).toEqual([
    { userId: "m", name: "Mia", hasUnread: false },
    { userId: "s", name: "Sam", hasUnread: true },
  ]);
});
