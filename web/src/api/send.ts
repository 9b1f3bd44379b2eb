// Sends what the contract says a POST, PUT, PATCH or DELETE takes. Apart from read.ts, which is on the way to
// the first word of a chat.
import { Unreachable, problemOf } from "./problem";
import { addressOf } from "./read";
import type { paths } from "./schema";

type Method = "post" | "put" | "patch" | "delete";
type Operation<P extends keyof paths, M extends Method> = Extract<paths[P][M], object>;
type JsonIn<T> = T extends { content: { "application/json": infer J } } ? J : never;
type Body<O> = O extends { requestBody: infer B } ? { body: JsonIn<B> } : object;
type Path<O> = O extends { parameters: { path: infer V extends Record<string, string> } }
  ? { path: V }
  : object;
type Answer<O> = O extends { responses: infer R } ? JsonIn<R[keyof R & (200 | 201 | 202)]> : never;
type Sendable<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];
type How = { fetch?: (request: Request) => Promise<Response> };
type Sent<O> = { status: number; data: Answer<O> };

/** Anything but success is thrown: as an ApiProblem, or as Unreachable. `data` is there where the contract has it. */
export async function send<M extends Method, P extends Sendable<M>>(
  method: M,
  path: P,
  options: How & Body<Operation<P, M>> & Path<Operation<P, M>>,
): Promise<Sent<Operation<P, M>>> {
  const { fetch: call = fetch, body, path: values } = options as Loose;
  const request = new Request(addressOf(path, { path: values }), {
    method: method.toUpperCase(),
    ...(body !== undefined && {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const response = await reach(() => call(request));
  if (!response.ok) throw await problemOf(response);
  const hasData = response.headers.get("Content-Type")?.includes("json") === true;
  const data = (hasData ? await response.json() : undefined) as Answer<Operation<P, M>>;
  return { status: response.status, data };
}

type Loose = How & { body?: unknown; path?: Record<string, string> };

/** The session tells an unreachable server itself; for a plain `fetch` it is told here. */
async function reach(call: () => Promise<Response>): Promise<Response> {
  try {
    return await call();
  } catch (cause) {
    throw cause instanceof TypeError ? new Unreachable("no answer", { cause }) : cause;
  }
}
