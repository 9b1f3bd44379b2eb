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

const toldOf = (entries: AuditEntry[]) =>
  folded(entries).map(({ entry, count }) => [entry.by, count]);

it("what_the_reader_did_is_told_once_a_day", () => {
  expect(toldOf([entry(), entry(), entry({ by: "a zookeeper" }), entry()])).toEqual([
    ["you", 3],
    ["a zookeeper", 1],
  ]);
});

it("what_others_did_keeps_its_place", () => {
  const by = "a zookeeper";
  expect(toldOf([entry({ by }), entry({ by }), entry(), entry({ by })])).toEqual([
    [by, 2],
    ["you", 1],
    [by, 1],
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
