// @vitest-environment node
import { expect, it } from "vitest";
import type { Receipt } from "../../api/types";
import { isRunning, isTyped, receiptsIn, standingsOf, type Entry } from "./wishes";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();

const erasure = (status: Receipt["status"], more: Partial<Receipt> = {}): Receipt => ({
  receiptId: "r",
  status,
  what: "conversations",
  requestedAt: at(1),
  ...more,
});

it("what_is_open_stands_with_its_receipt_and_its_time_and_the_rest_does_not", () => {
  expect(standingsOf([erasure("pending", { destroyAt: at(9) })])).toEqual({
    conversations: { is: "pending", receiptId: "r", requestedAt: at(1), destroyAt: at(9) },
    account: { is: "none" },
  });
  expect(standingsOf([])).toEqual({ conversations: { is: "none" }, account: { is: "none" } });
});

it("conversations_and_the_account_stand_each_for_themselves", () => {
  const both = standingsOf([
    erasure("running", { what: "account", receiptId: "a" }),
    erasure("asked"),
  ]);
  expect(both.conversations).toMatchObject({ is: "asked", receiptId: "r" });
  expect(both.account).toMatchObject({ is: "running", receiptId: "a" });
  expect(isRunning(both)).toBe(true);
  expect(isRunning(standingsOf([erasure("asked"), erasure("pending", { what: "account" })]))).toBe(
    false,
  );
});

it("what_is_completed_is_open_no_more", () => {
  const done = erasure("completed", { completedAt: at(2) });
  expect(standingsOf([done]).conversations).toEqual({ is: "none" });
});

const entry = (
  minute: number,
  eventType: Entry["eventType"],
  more: Partial<Entry> = {},
): Entry => ({ timestamp: at(minute), eventType, action: "erase_conversations", ...more });

it("what_was_erased_is_listed_with_its_receipt_the_latest_first", () => {
  const metadata = (receiptId: string) => ({ metadata: { receiptId } });
  const account = { action: "erase_account", ...metadata("b") };
  const done = [
    entry(2, "erasure_completed", metadata("a")),
    entry(6, "erasure_completed", account),
    entry(7, "erasure_completed"),
  ];
  expect(receiptsIn([entry(1, "deletion_requested"), ...done])).toEqual([
    { receiptId: "b", what: "account", at: at(6) },
    { receiptId: "a", what: "conversations", at: at(2) },
  ]);
});

it.each([
  ["Mia", "Mia", true],
  [" mia ", "Mia", true],
  ["Mia  Wong", "Mia Wong", true],
  ["小明", "小明", true],
  ["Mi", "Mia", false],
  ["", "Mia", false],
  ["  ", " ", false],
])("%j_typed_for_%j_is_%s", (typed, name, isIt) => {
  expect(isTyped(typed, name)).toBe(isIt);
});
