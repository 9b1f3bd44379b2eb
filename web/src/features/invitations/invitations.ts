// Who may invite whom, and what a list of invitations becomes. Pure.
import type { InvitationKind, Invitations, User } from "../../api/types";

export type Received = Invitations["received"][number];
export type Sent = Invitations["sent"][number];

/** What somebody may invite others to be; null for those whose families are made otherwise. */
export function kindFor({ role, parentUserId }: Pick<User, "role" | "parentUserId">) {
  if (role === "parent") return "child" satisfies InvitationKind;
  if (role === "user" && parentUserId === undefined) return "guardian" satisfies InvitationKind;
  return null;
}

/** A name with an @ is an email. */
export function invitationOf(name: string): { email: string } | { username: string } {
  return name.includes("@") ? { email: name } : { username: name };
}

export function withSent(before: Invitations, sent: Sent): Invitations {
  const others = before.sent.filter(({ invitationId }) => invitationId !== sent.invitationId);
  return { ...before, sent: [sent, ...others] };
}

export function without({ received, sent }: Invitations, gone: string): Invitations {
  return {
    received: received.filter(({ invitationId }) => invitationId !== gone),
    sent: sent.filter(({ invitationId }) => invitationId !== gone),
  };
}
