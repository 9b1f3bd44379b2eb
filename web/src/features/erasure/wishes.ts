// How it stands with what somebody wants erased, and what has been. Pure.
import type { AuditEntry, Receipt } from "../../api/types";

export type Scope = Receipt["what"];
export const SCOPES: Scope[] = ["conversations", "account"];

export type Open = {
  /** `asked`: a child's wish that its guardian has not confirmed. */
  is: "asked" | "pending" | "running";
  receiptId: string;
  requestedAt: string;
  destroyAt?: string | undefined;
};
export type Standing = { is: "none" } | Open;
export type Standings = Record<Scope, Standing>;

/** At most one of each scope is open; one that is completed may still be listed for a moment. */
export function standingsOf(erasures: Receipt[]): Standings {
  const of = (scope: Scope): Standing => {
    const found = erasures.find(({ what }) => what === scope);
    if (!found || found.status === "completed") return { is: "none" };
    const { status, receiptId, requestedAt, destroyAt } = found;
    return { is: status, receiptId, requestedAt, destroyAt };
  };
  return { conversations: of("conversations"), account: of("account") };
}

export function isRunning(standings: Standings): boolean {
  return SCOPES.some((scope) => standings[scope].is === "running");
}

export type Entry = Pick<AuditEntry, "timestamp" | "eventType" | "action"> &
  Partial<Pick<AuditEntry, "metadata">>;

const ACTIONS: Record<Scope, string> = {
  conversations: "erase_conversations",
  account: "erase_account",
};

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
