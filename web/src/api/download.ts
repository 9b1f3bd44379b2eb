// Saves an answer of the server as a file, under the name the server gives it.
import { Unreachable, problemOf } from "./problem";

type Fetch = (request: Request) => Promise<Response>;

/** How many bytes have come, of how many; null where the server does not say it. */
export type OnProgress = (received: number, total: number | null) => void;
type Options = { method?: "GET" | "POST"; onProgress?: OnProgress };

/** @param path below the API; anything but success is thrown, as an ApiProblem or Unreachable */
export async function download(
  path: string,
  fetch: Fetch,
  fallbackName: string,
  { method = "GET", onProgress = () => {} }: Options = {},
): Promise<void> {
  const response = await fetch(new Request(new URL(`/api${path}`, location.origin), { method }));
  if (!response.ok) throw await problemOf(response);
  const name = nameIn(response.headers.get("Content-Disposition")) ?? fallbackName;
  save(await wholeOf(response, onProgress), name);
}

function nameIn(disposition: string | null): string | null {
  const [, name] = /filename="([^"/\\]+)"/.exec(disposition ?? "") ?? [];
  return name ?? null;
}

/** All of a body; one that breaks off is Unreachable, so that no half of a file is saved. */
export async function wholeOf(response: Response, onProgress: OnProgress): Promise<Blob> {
  const { headers, body } = response;
  // The length of what is packed is not that of what comes out of it.
  const length = headers.has("Content-Encoding") ? null : headers.get("Content-Length");
  const total = Number(length) || null;
  const type = headers.get("Content-Type") ?? "";
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  const reader = body?.getReader();
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      pieces.push(next.value);
      received += next.value.length;
      onProgress(received, total);
    }
  } catch (cause) {
    throw new Unreachable("broke off", { cause });
  }
  return new Blob(pieces, { type });
}

/** Hands a file to the browser. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
