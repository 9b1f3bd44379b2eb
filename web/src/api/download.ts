// Saves an answer of the server as a file, under the name the server gives it.
import { problemOf } from "./problem";

type Fetch = (request: Request) => Promise<Response>;

/** @param path below the API; anything but success is thrown, as an ApiProblem or Unreachable */
export async function download(path: string, fetch: Fetch, fallbackName: string): Promise<void> {
  const response = await fetch(new Request(new URL(`/api${path}`, location.origin)));
  if (!response.ok) throw await problemOf(response);
  const name = nameIn(response.headers.get("Content-Disposition")) ?? fallbackName;
  save(await response.blob(), name);
}

function nameIn(disposition: string | null): string | null {
  const [, name] = /filename="([^"/\\]+)"/.exec(disposition ?? "") ?? [];
  return name ?? null;
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
