import { ApiProblem, Unreachable } from "../../api/problem";
import { m } from "../../paraglide/messages.js";

/** Why something could not be set for a child. */
export function controlsErrorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  if (cause instanceof ApiProblem && cause.status === 404) return m.family_gone();
  return m.password_error_other();
}
