import { ApiProblem, Unreachable } from "../../api/problem";
import { m } from "../../paraglide/messages.js";

export type SignInError = "missing" | "wrong" | "wait" | "offline" | "other";

export function signInErrorOf(cause: unknown): SignInError {
  if (cause instanceof Unreachable) return "offline";
  if (!(cause instanceof ApiProblem)) return "other";
  if (cause.status === 401 || cause.status === 422) return "wrong";
  return cause.status === 429 ? "wait" : "other";
}

export function signInErrorText(error: SignInError): string {
  const texts = {
    missing: m.signin_error_missing,
    wrong: m.signin_error_wrong,
    wait: m.signin_error_wait,
    offline: m.signin_error_offline,
    other: m.signin_error_other,
  };
  return texts[error]();
}
