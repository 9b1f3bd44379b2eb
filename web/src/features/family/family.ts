// What the pages know of a family. Pure.
import type { Controls, Family, FamilyMember } from "../../api/types";
import { m } from "../../paraglide/messages.js";

export function guardianOf({ members }: Family): FamilyMember | undefined {
  return members.find(({ role }) => role === "guardian");
}

/** Those who are still there. */
export function childrenOf({ members }: Family): FamilyMember[] {
  return members.filter(({ role, status }) => role === "child" && status !== "erased");
}

/** Somebody's name; a piece of their id where the reader is not told it. */
export function memberName({ userId, role, displayName }: FamilyMember): string {
  if (displayName !== undefined) return displayName;
  const id = userId.replace(/-/g, "").slice(-6);
  return role === "guardian" ? m.family_nameless_guardian({ id }) : m.family_nameless_child({ id });
}

export function withChild(family: Family, child: FamilyMember): Family {
  const members = [...family.members.filter(({ userId }) => userId !== child.userId), child];
  const children = members.filter(({ role }) => role === "child").length;
  return { ...family, members, counts: { ...family.counts, children } };
}

export function withControls(family: Family, userId: string, controls: Controls): Family {
  const members = family.members.map((each) =>
    each.userId === userId ? { ...each, controls } : each,
  );
  return { ...family, members };
}

/** No limit of their own, or how many questions a day. */
export function limitText(dailyLimit: number | null | undefined): string {
  return typeof dailyLimit === "number"
    ? m.family_limited({ count: dailyLimit })
    : m.family_unlimited();
}

export const MOST_QUESTIONS = 1000;

/** What was typed as a limit; null where it is none. */
export function limitOf(typed: string): number | null {
  const limit = /^\d{1,4}$/.test(typed.trim()) ? Number(typed) : 0;
  return limit >= 1 && limit <= MOST_QUESTIONS ? limit : null;
}

/** As the server takes it. */
export function isUsername(text: string): boolean {
  return /^[\p{L}\p{N}._-]{3,32}$/u.test(text);
}

/** The address of a page about one child. */
export function forChild(pattern: string, childId: string): string {
  return pattern.replace(":childId", encodeURIComponent(childId));
}
