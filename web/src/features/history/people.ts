// The people whose conversations stand in a list. Pure.
import { m } from "../../paraglide/messages.js";
import type { Session } from "./types";

export type Person = { userId: string; name: string; hasUnread: boolean };

/** Everybody but the reader, by name. */
export function peopleOf(sessions: Session[], ownId: string): Person[] {
  const people = new Map<string, Person>();
  for (const { userId, displayName, unread } of sessions) {
    if (userId === ownId || displayName === undefined) continue;
    const before = people.get(userId);
    const hasUnread = unread === true || before?.hasUnread === true;
    people.set(userId, { userId, name: displayName, hasUnread });
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Somebody whose name the reader is not told: a piece of their id, to tell one from another. */
export function personText(userId: string): string {
  return m.history_person({ id: userId.replace(/-/g, "").slice(-6) });
}
