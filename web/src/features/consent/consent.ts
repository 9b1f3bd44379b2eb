// What a guardian can agree to, and how things stand. Pure.
import type { Consent, ConsentMethod, ConsentScopes } from "../../api/types";

export type Scope = keyof ConsentScopes;
export const SCOPES: Scope[] = ["collect", "third_party", "sharing"];
export const NOTHING: ConsentScopes = { collect: false, third_party: false, sharing: false };

export const METHODS: ConsentMethod[] = [
  "signed_form",
  "payment",
  "phone_call",
  "video_call",
  "government_id",
  "knowledge_questions",
  "photo_id_match",
  "email_plus",
  "text_plus",
];

/** `part`: something is agreed to that does not let the child talk. */
export type Standing = "given" | "part" | "none" | "again";

export function standingOf({ scopes, askAgain }: Pick<Consent, "scopes" | "askAgain">): Standing {
  if (askAgain) return "again";
  if (scopes.collect && scopes.third_party) return "given";
  return isNothing(scopes) ? "none" : "part";
}

export function isNothing(scopes: ConsentScopes): boolean {
  return SCOPES.every((scope) => !scopes[scope]);
}

/** What is not kept is neither sent on nor shown: nothing else goes without `collect`. */
export function withScope(scopes: ConsentScopes, scope: Scope, isOn: boolean): ConsentScopes {
  if (scope === "collect" && !isOn) return NOTHING;
  return { ...scopes, [scope]: isOn, ...(isOn && { collect: true }) };
}

/** 16 CFR 312.5(b)(2): two of the methods are too weak where a child's words are disclosed. */
export function mayShareBy(method: ConsentMethod | null): boolean {
  return method !== "email_plus" && method !== "text_plus";
}

export type Choice = { scopes: ConsentScopes; method: ConsentMethod | null };
export type Flaw = "scopes" | "method" | "weak";

/** Why a choice cannot be agreed to, null if it can. */
export function flawOf({ scopes, method }: Choice): Flaw | null {
  if (isNothing(scopes)) return "scopes";
  if (method === null) return "method";
  return scopes.sharing && !mayShareBy(method) ? "weak" : null;
}

/** What a form starts with. What counts for nothing any more is chosen anew, not confirmed by habit. */
export function startOf(consent: Pick<Consent, "scopes" | "askAgain" | "method">): Choice {
  const standing = standingOf(consent);
  if (standing === "none" || standing === "again") return { scopes: NOTHING, method: null };
  return { scopes: consent.scopes, method: consent.method };
}

export function isSame(one: Choice, other: Choice): boolean {
  return (
    one.method === other.method &&
    SCOPES.every((scope) => one.scopes[scope] === other.scopes[scope])
  );
}
