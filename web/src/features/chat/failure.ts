// Why a turn failed, as far as it matters to the person who asked.
import { ApiProblem, Unreachable } from "../../api/problem";

export type FailureKind =
  "unreachable" | "dropped" | "busy" | "consent" | "refused" | "gone" | "rejected" | "other";

export type Failure = {
  kind: FailureKind;
  retryable: boolean;
  /** How long the server wants to be left alone. */
  retryAfterSeconds?: number;
};

const CODES: Record<string, FailureKind> = {
  consent_required: "consent",
  unauthorized: "refused",
  forbidden: "refused",
  not_found: "gone",
  other_animal: "gone",
  bad_request: "rejected",
  invalid: "rejected",
  payload_too_large: "rejected",
  rate_limited: "busy",
  upstream_unavailable: "busy",
  unavailable: "busy",
};

/** For what stands between the page and the server and knows no codes. */
const STATUSES: Record<number, FailureKind> = {
  401: "refused",
  403: "refused",
  404: "gone",
  410: "gone",
  413: "rejected",
  422: "rejected",
  429: "busy",
  503: "busy",
};

const RETRYABLE: FailureKind[] = ["unreachable", "dropped", "busy", "other"];

export function failureOf(cause: unknown): Failure {
  if (cause instanceof Unreachable) return { kind: "unreachable", retryable: true };
  if (!(cause instanceof ApiProblem)) return { kind: "other", retryable: true };
  const failure = failureOfStatus(cause.status, cause.code, null);
  const { retryAfterSeconds } = cause;
  return retryAfterSeconds === null ? failure : { ...failure, retryAfterSeconds };
}

export function failureOfStatus(
  status: number,
  code: string,
  retryable: boolean | null | undefined,
): Failure {
  const kind = CODES[code] ?? STATUSES[status] ?? "other";
  return { kind, retryable: retryable ?? RETRYABLE.includes(kind) };
}
