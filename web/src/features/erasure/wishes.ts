// How it stands with what somebody wants erased. The server tells it by the id of a receipt only; which wishes
// there are is read from the trail. Pure.
import type { AuditEntry, Receipt } from "../../api/types";

export type Scope = Receipt["what"];
export const SCOPES: Scope[] = ["conversations", "account"];

export type Standing =
  | { is: "none" }
  | {
      /** `asked`: a child's wish that its guardian has not confirmed. */
      is: "asked" | "pending" | "running";
      requestedAt: string;
      destroyAt?: string | undefined;
      /** Unknown where it was asked for in another browser. */
      receiptId?: string | undefined;
    };

export const NONE: Standing = { is: "none" };

/** A wish that the trail knows and no end of. */
export type Wish = { requestedAt: string; isConfirmed: boolean };

export type Entry = Pick<AuditEntry, "timestamp" | "eventType" | "action" | "by" | "result"> &
  Partial<Pick<AuditEntry, "metadata">>;

const ACTIONS: Record<Scope, string> = {
  conversations: "erase_conversations",
  account: "erase_account",
};

/** @param child what the reader calls the child who wishes: `you`, or `your child` */
export function wishIn(entries: Entry[], scope: Scope, child: AuditEntry["by"]): Wish | null {
  const about = entries.filter(
    ({ action, result }) => action === ACTIONS[scope] && result === "success",
  );
  const ends = about.filter(
    ({ eventType }) => eventType === "deletion_withdrawn" || eventType === "erasure_completed",
  );
  const lastEnd =
    ends
      .map(timeOf)
      .sort((a, b) => a - b)
      .at(-1) ?? 0;
  const open = about
    .filter((entry) => entry.eventType === "deletion_requested" && timeOf(entry) > lastEnd)
    .sort((a, b) => timeOf(a) - timeOf(b));
  const first = open[0];
  if (!first) return null;
  return { requestedAt: first.timestamp, isConfirmed: open.some(({ by }) => by !== child) };
}

/** What the receipt says counts before what the trail says, which follows with a delay. */
export function standingOf(wish: Wish | null, receipt: Receipt | null): Standing {
  if (receipt !== null && receipt.status !== "completed") {
    const { status, requestedAt, destroyAt, receiptId } = receipt;
    return { is: status, requestedAt, destroyAt, receiptId };
  }
  if (wish === null) return NONE;
  const end = receipt?.completedAt;
  if (end !== undefined && Date.parse(end) >= Date.parse(wish.requestedAt)) return NONE;
  return { is: wish.isConfirmed ? "pending" : "asked", requestedAt: wish.requestedAt };
}

export type Done = { receiptId: string; what: Scope; at: string };

/** What has been erased, the latest first. */
export function receiptsIn(entries: Entry[]): Done[] {
  return entries
    .filter(({ eventType }) => eventType === "erasure_completed")
    .sort((a, b) => timeOf(b) - timeOf(a))
    .flatMap(({ timestamp, action, metadata }) => {
      const what = SCOPES.find((scope) => ACTIONS[scope] === action);
      const receiptId = metadata?.receiptId;
      return what && receiptId !== undefined ? [{ receiptId, what, at: timestamp }] : [];
    });
}

function timeOf({ timestamp }: Entry): number {
  return Date.parse(timestamp);
}

/** Written by hand: spaces around it and its case do not matter. */
export function isTyped(typed: string, name: string): boolean {
  const plain = (text: string) => text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
  return plain(typed) !== "" && plain(typed) === plain(name);
}
