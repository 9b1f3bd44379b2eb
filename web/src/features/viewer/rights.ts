// What the page offers to whom. The server decides; a button that would be refused is left out. Pure.
import type { User } from "../../api/types";

export type Rights = {
  export: boolean;
  share: boolean;
  /** A child asks, and the guardian deletes. */
  delete: "now" | "ask" | null;
  resume: boolean;
  /** Who else has read it. */
  trail: boolean;
};

const NONE: Rights = { export: false, share: false, delete: null, resume: false, trail: false };

/** @param byLink the conversation was opened by somebody else's link */
export function rightsOf(user: User | null, ownerId: string, byLink: boolean): Rights {
  if (!user) return NONE;
  const isChild = user.parentUserId !== undefined;
  if (user.userId === ownerId) {
    const own = { export: true, share: !isChild, resume: true, trail: true };
    return { ...own, delete: isChild ? "ask" : "now" };
  }
  if (byLink) return NONE;
  // Whoever reads somebody else's without a link is the guardian or staff.
  if (user.role === "parent") {
    return { ...NONE, export: true, share: true, delete: "now", trail: true };
  }
  const isAdministrator = user.role === "administrator";
  if (!isAdministrator) return NONE;
  return { ...NONE, export: true, delete: "now", trail: true };
}
