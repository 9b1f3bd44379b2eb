// The rules of a password that somebody chooses, and what can go wrong when it is sent. Pure.
import { ApiProblem, Unreachable } from "../../api/problem";
import { m } from "../../paraglide/messages.js";

/** As the contract has them; they count characters, not UTF-16 units. */
const SHORTEST = 10;
const LONGEST = 128;

export type NewPasswordError = "length" | "wrong" | "link" | "wait" | "offline" | "other";

export function willDo(password: string): boolean {
  const { length } = [...password];
  return length >= SHORTEST && length <= LONGEST;
}

/** What the server means by a refusal, its own rule of length having been kept. */
export function newPasswordErrorOf(cause: unknown): NewPasswordError {
  if (cause instanceof Unreachable) return "offline";
  if (!(cause instanceof ApiProblem)) return "other";
  if (cause.code === "link_expired") return "link";
  if (cause.status === 422) return "wrong";
  return cause.status === 429 ? "wait" : "other";
}

export function newPasswordErrorText(error: NewPasswordError): string {
  const texts = {
    length: m.password_error_length,
    wrong: m.password_error_wrong,
    link: m.password_error_link,
    wait: m.signin_error_wait,
    offline: m.signin_error_offline,
    other: m.password_error_other,
  };
  return texts[error]();
}
