// The people whose conversations stand in a list. Pure.
import type { FamilyMember } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { memberName } from "../family/family";
import type { Session } from "./types";

export type Person = { userId: string; name: string; hasUnread: boolean };

/** The children of a family by name, and who of them has said something new. */
export function peopleOf(children: FamilyMember[], latest: Session[]): Person[] {
  const people = children.map((child) => ({
    userId: child.userId,
    name: memberName(child),
    hasUnread: latest.some(({ userId, unread }) => userId === child.userId && unread === true),
  }));
  return people.sort((a, b) => a.name.localeCompare(b.name));
}

/** Somebody whose name the reader is not told: a piece of their id, to tell one from another. */
export function personText(userId: string): string {
  return m.history_person({ id: userId.replace(/-/g, "").slice(-6) });
}
