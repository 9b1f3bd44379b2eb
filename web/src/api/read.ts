// Reads what the contract says a GET answers with. The types are the contract's; the code is small,
// because it is on the way to the first word of a chat.
import { Unreachable, problemOf } from "./problem";
import type { paths } from "./schema";

type Get<P extends keyof paths> = Extract<paths[P]["get"], object>;
type Json<G> = G extends { responses: { 200: { content: { "application/json": infer T } } } }
  ? T
  : never;
type Readable = {
  [P in keyof paths]: [Json<Get<P>>] extends [never] ? never : P;
}[keyof paths];

type Value = string | number;
type Values = Record<string, Value | Value[]>;
type How = { signal: AbortSignal; fetch?: (request: Request) => Promise<Response> };
type Options<P extends Readable> = How & Pick<Get<P>["parameters"], "path" | "query">;

/** Anything but success is thrown: as an ApiProblem, or as Unreachable. */
export async function read<P extends Readable>(
  path: P,
  options: Options<P>,
): Promise<Json<Get<P>>> {
  const { signal, fetch: send = reach } = options;
  const response = await send(new Request(addressOf(path, options), { signal }));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Json<Get<P>>;
}

export function addressOf(
  pattern: string,
  { path = {}, query = {} }: Partial<Record<"path" | "query", Values | undefined>>,
) {
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(path[name] ?? "")),
  );
  const url = new URL(`/api${filled}`, location.origin);
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  return url;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    throw request.signal.aborted ? cause : new Unreachable("no answer", { cause });
  }
}
