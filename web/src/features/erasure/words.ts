// Erasing in plain words.
import { ApiProblem, Unreachable } from "../../api/problem";
import { m } from "../../paraglide/messages.js";
import type { Locale } from "../../paraglide/runtime.js";
import { formatDate } from "../../shared/lib/dates";
import type { Subject } from "./useErasing";
import type { Scope } from "./wishes";

export const scopeTitle = (scope: Scope) =>
  scope === "account" ? m.erase_account() : m.erase_conversations();

export const scopeBody = (scope: Scope) =>
  scope === "account" ? m.erase_account_body() : m.erase_conversations_body();

export const doText = (scope: Scope) =>
  scope === "account" ? m.erase_do_account() : m.erase_do_conversations();

export const doTextOf = (scope: Scope, name: string) =>
  scope === "account" ? m.erase_do_account_of({ name }) : m.erase_do_conversations_of({ name });

export const askText = (scope: Scope) =>
  scope === "account" ? m.erase_ask_account() : m.erase_ask_conversations();

export const wishText = (scope: Scope, name: string) =>
  scope === "account" ? m.erase_wish_account({ name }) : m.erase_wish_conversations({ name });

export const comingText = (scope: Scope, name: string) =>
  scope === "account" ? m.erase_pending_account({ name }) : m.erase_pending_conversations({ name });

export function pendingText(destroyAt: string | undefined, locale: Locale): string {
  if (destroyAt === undefined) return m.erase_pending_soon();
  return m.erase_pending({ time: formatDate(destroyAt, "moment", locale) });
}

export function saveErrorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  if (!(cause instanceof ApiProblem)) return m.export_error();
  if (cause.status === 413) return m.data_too_large();
  if (cause.status === 403 || cause.status === 404) return m.data_refused();
  return cause.status === 503 ? m.data_unavailable() : m.export_error();
}

export function eraseErrorText(cause: unknown, { isOwn, name }: Subject): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  if (!(cause instanceof ApiProblem)) return m.erase_failed();
  if (cause.code === "has_children") {
    return isOwn ? m.erase_has_children() : m.erase_has_children_of({ name });
  }
  if (cause.code === "last_administrator") return m.erase_last_administrator();
  if (cause.code === "erasure_begun") return m.erase_begun();
  if (cause.status === 404 || cause.status === 410) return m.erase_gone_already();
  return cause.status === 403 ? m.erase_refused() : m.erase_failed();
}
