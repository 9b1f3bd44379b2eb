// Entries that say the same, told as one with a count. What others did is put together only where it happened
// one after the other; what the reader did themselves for a whole day, as they know of it. Pure.
import type { AuditEntry } from "../../api/types";

export type Told = {
  /** The latest of them. */
  entry: AuditEntry;
  count: number;
};

export function folded(entries: AuditEntry[]): Told[] {
  const told: Told[] = [];
  for (const entry of entries) {
    const candidates = entry.by === "you" ? told : told.slice(-1);
    const same = candidates.find((each) => sameness(each.entry) === sameness(entry));
    if (same) same.count += 1;
    else told.push({ entry, count: 1 });
  }
  return told;
}

/** Each by itself, for those who look at every entry. */
export function single(entries: AuditEntry[]): Told[] {
  return entries.map((entry) => ({ entry, count: 1 }));
}

/** On different days it is no repetition. */
function sameness(entry: AuditEntry): string {
  const { eventType, action, by, userId, targetUserId, sessionId, result, accessReason } = entry;
  const day = new Date(entry.timestamp).toDateString();
  const said = [eventType, action, by, userId, targetUserId, sessionId, result, accessReason, day];
  return JSON.stringify(said);
}
