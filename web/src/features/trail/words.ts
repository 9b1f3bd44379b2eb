// The trail in plain words.
import type { AuditEntry, AuditEventType, AuditReport } from "../../api/types";
import { m } from "../../paraglide/messages.js";

export function eventName(event: AuditEventType): string {
  const names = {
    conversation_viewed: m.trail_did_viewed,
    conversations_listed: m.trail_did_listed,
    conversation_searched: m.trail_did_searched,
    conversation_exported: m.trail_did_exported,
    conversation_shared: m.trail_did_shared,
    share_revoked: m.trail_did_revoked,
    conversation_deleted: m.trail_did_deleted,
    deletion_requested: m.trail_did_asked,
    deletion_withdrawn: m.trail_did_withdrawn,
    erasure_completed: m.trail_did_erased,
    unauthorized_access_attempt: m.trail_did_refused,
    conversation_changed: m.trail_did_changed,
    conversation_expired: m.trail_did_expired,
    unattributed_change: m.trail_did_unattributed,
    consent_changed: m.trail_did_consent,
    audit_viewed: m.trail_did_trail,
  };
  return names[event]();
}

/** What an entry says happened. */
export function didText({ eventType, action }: AuditEntry): string {
  if (eventType !== "conversation_changed") return eventName(eventType);
  if (action === "insert") return m.trail_did_added();
  if (action === "modify") return m.trail_did_modified();
  return action === "remove" ? m.trail_did_removed() : m.trail_did_changed();
}

export function byText(by: AuditEntry["by"]): string {
  const names = {
    you: m.trail_by_you,
    "your child": m.trail_by_your_child,
    "your guardian": m.trail_by_your_guardian,
    "a zookeeper": m.trail_by_a_zookeeper,
    "an administrator": m.trail_by_an_administrator,
    "somebody else": m.trail_by_somebody_else,
    nobody: m.trail_by_nobody,
  };
  return names[by]();
}

export function flawText(flaw: NonNullable<AuditReport["firstBroken"]>["flaw"]): string {
  const texts = {
    block_missing: m.trail_flaw_block_missing,
    block_changed: m.trail_flaw_block_changed,
    entry_missing: m.trail_flaw_entry_missing,
    entry_changed: m.trail_flaw_entry_changed,
    entry_late: m.trail_flaw_entry_late,
    entry_not_linked: m.trail_flaw_entry_not_linked,
    checkpoint_forged: m.trail_flaw_checkpoint_forged,
    checkpoint_missing: m.trail_flaw_checkpoint_missing,
    cut_off: m.trail_flaw_cut_off,
  };
  return texts[flaw]();
}

/** The end of an id, to tell one from another. */
export function shortId(id: string): string {
  return id.replace(/-/g, "").slice(-6);
}
