// @vitest-environment node
import { expect, it } from "vitest";
import type { Receipt } from "../../api/types";
import { NONE, isTyped, receiptsIn, standingOf, wishIn, type Entry } from "./wishes";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
const entry = (
  minute: number,
  eventType: Entry["eventType"],
  more: Partial<Entry> = {},
): Entry => ({
  timestamp: at(minute),
  eventType,
  action: "erase_conversations",
  by: "your child",
  result: "success",
  ...more,
});
const asked = entry(1, "deletion_requested");
const confirmed = entry(2, "deletion_requested", { by: "you" });
const wish = (entries: Entry[]) => wishIn(entries, "conversations", "your child");

it("a_childs_wish_is_open_until_somebody_else_confirms_it", () => {
  expect(wish([asked])).toEqual({ requestedAt: at(1), isConfirmed: false });
  expect(wish([confirmed, asked])).toEqual({ requestedAt: at(1), isConfirmed: true });
  expect(wishIn([confirmed], "conversations", "you")?.isConfirmed).toBe(false);
});

it.each(["deletion_withdrawn", "erasure_completed"] as const)("%s_ends_what_was_before", (end) => {
  const ended = entry(3, end, { by: "nobody" });
  expect(wish([ended, confirmed, asked])).toBeNull();
  const again = entry(4, "deletion_requested");
  expect(wish([again, ended, confirmed, asked])).toEqual({
    requestedAt: at(4),
    isConfirmed: false,
  });
});

it("other_wishes_refused_ones_and_those_for_one_conversation_are_no_wish_for_all", () => {
  expect(wish([entry(1, "deletion_requested", { action: "delete_session" })])).toBeNull();
  expect(wish([entry(1, "deletion_requested", { action: "erase_account" })])).toBeNull();
  expect(wish([entry(1, "deletion_requested", { result: "failure" })])).toBeNull();
  const accountGone = entry(2, "erasure_completed", { action: "erase_account" });
  expect(wish([accountGone, asked])).not.toBeNull();
});

const receipt = (status: Receipt["status"], more: Partial<Receipt> = {}): Receipt => ({
  receiptId: "r",
  status,
  what: "conversations",
  requestedAt: at(1),
  ...more,
});

it("a_receipt_is_believed_before_the_trail", () => {
  const trail = { requestedAt: at(1), isConfirmed: false };
  expect(standingOf(trail, receipt("pending", { destroyAt: at(9) }))).toEqual({
    is: "pending",
    requestedAt: at(1),
    destroyAt: at(9),
    receiptId: "r",
  });
  expect(standingOf(null, receipt("asked")).is).toBe("asked");
  expect(standingOf(trail, receipt("completed", { completedAt: at(2) }))).toEqual(NONE);
});

it("without_a_receipt_the_trail_says_it_and_a_later_wish_outlives_an_old_receipt", () => {
  const later = { requestedAt: at(5), isConfirmed: true };
  expect(standingOf(later, null)).toEqual({ is: "pending", requestedAt: at(5) });
  expect(standingOf(later, receipt("completed", { completedAt: at(2) })).is).toBe("pending");
  expect(standingOf(null, null)).toEqual(NONE);
});

it("what_was_erased_is_listed_with_its_receipt_the_latest_first", () => {
  const metadata = (receiptId: string) => ({ metadata: { receiptId } });
  const account = { action: "erase_account", ...metadata("b") };
  const done = [
    entry(2, "erasure_completed", metadata("a")),
    entry(6, "erasure_completed", account),
    entry(7, "erasure_completed"),
  ];
  expect(receiptsIn([asked, ...done])).toEqual([
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
