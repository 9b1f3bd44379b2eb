// What the page offers to whom. The server decides; a button that would be refused is left out. Pure.
import type { User } from "../../api/types";

export type Rights = {
  export: boolean;
  share: boolean;
  /** A child asks, and the guardian deletes. */
  delete: "now" | "ask" | null;
  resume: boolean;
};

const NONE: Rights = { export: false, share: false, delete: null, resume: false };

/** @param byLink the conversation was opened by somebody else's link */
export function rightsOf(user: User | null, ownerId: string, byLink: boolean): Rights {
  if (!user) return NONE;
  const isChild = user.parentUserId !== undefined;
  if (user.userId === ownerId) {
    return { export: true, share: !isChild, delete: isChild ? "ask" : "now", resume: true };
  }
  if (byLink) return NONE;
  // Whoever reads somebody else's without a link is the guardian or staff.
  if (user.role === "parent") return { export: true, share: true, delete: "now", resume: false };
  const isAdministrator = user.role === "administrator";
  return { ...NONE, export: isAdministrator, delete: isAdministrator ? "now" : null };
}
