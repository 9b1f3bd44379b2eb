// The one signed-in session of this tab and the typed client that speaks through it.
import createClient from "openapi-fetch";
import { toProblem } from "./problem";
import type { paths } from "./schema";
import { Session } from "./session";

export const session = new Session({
  fetch: (request) => fetch(request),
  storage: sessionStorage,
  now: () => Date.now(),
  origin: location.origin,
  exclusively: (task) => navigator.locks?.request("menagerie.refresh", task) ?? task(),
});

export const api = createClient<paths>({
  baseUrl: `${location.origin}/api`,
  fetch: session.fetch,
});

/** The same client for what is open to everybody, so that it needs no sign-in. */
export const openApi = createClient<paths>({ baseUrl: `${location.origin}/api` });

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer; anything but success is thrown as an ApiProblem. */
export function dataOf<T>({ data, error, response }: Answer<T>): T {
  if (!response.ok || data === undefined) throw toProblem(response, error);
  return data;
}
