// What can go wrong with a request, in two kinds: the server answered with a problem document
// (RFC 9457), or it could not be reached at all.

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  /** The server's wish how long to wait, if it has one. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, code: string, retryAfterSeconds: number | null = null) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** A gateway in between may answer with something that is no problem document; its status remains. */
export function toProblem({ status, headers }: Response, body: unknown): ApiProblem {
  const code = isRecord(body) && typeof body["code"] === "string" ? body["code"] : "unknown";
  return new ApiProblem(status, code, secondsOf(headers.get("Retry-After")));
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  return toProblem(response, body);
}

/** A refusal that will stay one, however often one asks. */
export function isFinal(problem: ApiProblem): boolean {
  return problem.status < 500 && problem.status !== 429;
}

function secondsOf(value: string | null): number | null {
  return value !== null && /^\d{1,5}$/.test(value) ? Number(value) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
