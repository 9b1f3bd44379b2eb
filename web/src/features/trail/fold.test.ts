// @vitest-environment node
import { expect, it } from "vitest";
import type { AuditEntry } from "../../api/types";
import { folded, single } from "./fold";

let minute = 59;
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  logId: String(minute),
  timestamp: new Date(2026, 0, 2, 12, minute--).toISOString(),
  eventType: "conversation_viewed",
  action: "read_history",
  by: "you",
  result: "success",
  sessionId: "s",
  ...more,
});

it("what_is_said_again_and_again_is_told_once", () => {
  const told = folded([entry(), entry(), entry({ by: "a zookeeper" }), entry()]);
  expect(told.map(({ entry, count }) => [entry.by, count])).toEqual([
    ["you", 2],
    ["a zookeeper", 1],
    ["you", 1],
  ]);
});

it.each<Partial<AuditEntry>>([
  { sessionId: "t" },
  { accessReason: "a complaint" },
  { result: "failure" },
  { targetUserId: "m" },
  { timestamp: new Date(2026, 0, 1, 12).toISOString() },
])("what_differs_in_%j_is_told_apart", (more) => {
  expect(folded([entry(), entry(more)])).toHaveLength(2);
});

it("each_can_be_told_by_itself", () => {
  expect(single([entry(), entry()]).map(({ count }) => count)).toEqual([1, 1]);
});
