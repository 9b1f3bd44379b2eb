// Consent in plain words.
import type { Consent, ConsentMethod, ConsentScopes } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import type { Locale } from "../../paraglide/runtime.js";
import { formatDate, tagOf } from "../../shared/lib/dates";
import { SCOPES, standingOf, type Flaw, type Scope } from "./consent";

export function scopeText(scope: Scope): string {
  const names = {
    collect: m.consent_collect,
    third_party: m.consent_third_party,
    sharing: m.consent_sharing,
  };
  return names[scope]();
}

export function scopeHint(scope: Scope): string {
  const hints = {
    collect: m.consent_collect_hint,
    third_party: m.consent_third_party_hint,
    sharing: m.consent_sharing_hint,
  };
  return hints[scope]();
}

export function methodText(method: ConsentMethod): string {
  const names = {
    signed_form: m.consent_method_signed_form,
    payment: m.consent_method_payment,
    phone_call: m.consent_method_phone_call,
    video_call: m.consent_method_video_call,
    government_id: m.consent_method_government_id,
    knowledge_questions: m.consent_method_knowledge_questions,
    photo_id_match: m.consent_method_photo_id_match,
    email_plus: m.consent_method_email_plus,
    text_plus: m.consent_method_text_plus,
  };
  return names[method]();
}

export function flawText(flaw: Flaw): string {
  const texts = {
    scopes: m.consent_error_scopes,
    method: m.consent_error_method,
    weak: m.consent_sharing_weak,
  };
  return texts[flaw]();
}

/** Whether the child may talk by what its guardian agrees to. */
export function consentText(consent: Pick<Consent, "scopes" | "askAgain">): string {
  const standing = standingOf(consent);
  if (standing === "again") return m.family_consent_again();
  return standing === "given" ? m.family_consent_given() : m.family_consent_none();
}

/** What was agreed to, as a list of names. */
export function scopesText(scopes: ConsentScopes, locale: Locale): string {
  const names = SCOPES.filter((scope) => scopes[scope]).map(scopeText);
  if (names.length === 0) return m.consent_fact_nothing();
  return new Intl.ListFormat(tagOf(locale), { type: "conjunction" }).format(names);
}

type Said = Pick<Consent, "scopes" | "method" | "noticeVersion" | "changedAt">;

/** What was said, since when, by which method and under which notice. */
export function saidText(said: Said, locale: Locale): string {
  const { scopes, method, noticeVersion, changedAt } = said;
  const parts = [
    scopesText(scopes, locale),
    changedAt && formatDate(changedAt, "date", locale),
    method && methodText(method),
    noticeVersion && m.consent_notice_version({ version: noticeVersion }),
  ];
  return parts.filter((part) => part).join(" · ");
}
