// What can go wrong with a request, in two kinds: the server answered with a problem document
// (RFC 9457), or it could not be reached at all.

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** A gateway in between may answer with something that is no problem document; its status remains. */
export function toProblem(status: number, body: unknown): ApiProblem {
  const code = isRecord(body) && typeof body["code"] === "string" ? body["code"] : "unknown";
  return new ApiProblem(status, code);
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  return toProblem(response.status, body);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
