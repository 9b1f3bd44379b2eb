// Why a turn failed, as far as it matters to the person who asked.
import { ApiProblem, Unreachable } from "../../api/problem";
import type { TurnError } from "../../api/types";

export type FailureKind =
  | "unreachable"
  | "dropped"
  | "busy"
  | "limit"
  | "consent"
  | "paused"
  | "refused"
  | "gone"
  | "rejected"
  | "other";

export type Failure = {
  kind: FailureKind;
  retryable: boolean;
  /** Until when the server wants to be left alone, in milliseconds since 1970. */
  retryAt?: number;
  /** A part of the answer is stored: to ask again is another turn. */
  keepsPart?: boolean;
};

const CODES: Record<string, FailureKind> = {
  consent_required: "consent",
  chat_paused: "paused",
  unauthorized: "refused",
  forbidden: "refused",
  not_found: "gone",
  erased: "gone",
  other_animal: "gone",
  bad_request: "rejected",
  invalid: "rejected",
  payload_too_large: "rejected",
  too_many_requests: "limit",
  rate_limited: "busy",
  upstream_unavailable: "busy",
  unavailable: "busy",
  interrupted: "other",
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

const RETRYABLE: FailureKind[] = ["unreachable", "dropped", "busy", "limit", "other"];

export function failureOf(cause: unknown, now: number): Failure {
  if (cause instanceof Unreachable) return { kind: "unreachable", retryable: true };
  if (!(cause instanceof ApiProblem)) return { kind: "other", retryable: true };
  const kind = kindOf(cause.status, cause.code);
  const failure = { kind, retryable: RETRYABLE.includes(kind) };
  const { retryAfterSeconds } = cause;
  return retryAfterSeconds === null
    ? failure
    : { ...failure, retryAt: now + retryAfterSeconds * 1000 };
}

/** Of a stream that ended with `error`. */
export function failureOfError({ status, code, retryable, lastId }: TurnError): Failure {
  const kind = kindOf(status, code);
  return { kind, retryable: retryable ?? RETRYABLE.includes(kind), keepsPart: lastId > 0 };
}

function kindOf(status: number, code: string): FailureKind {
  return CODES[code] ?? STATUSES[status] ?? "other";
}
