import { beforeEach, expect, it } from "vitest";
import { Session } from "./session";

const KEY = "menagerie.refresh";
const user = { userId: "u", email: "mia@example.org", displayName: "Mia", role: "user" } as const;

let logouts: { body: unknown; token: string | null }[];

/** A session whose server answers a sign-out like this. */
function makeSession(answer: () => Promise<Response>) {
  return new Session({
    origin: "http://zoo.test",
    storage: sessionStorage,
    now: () => 0,
    exclusively: (task) => task(),
    tabs: { tell: () => undefined, ask: async () => null, listen: () => undefined },
    fetch: async (request) => {
      if (!request.url.endsWith("/api/auth/logout")) {
        return Response.json({ token: "t1", refreshToken: "r1", expiresIn: 600, user });
      }
      const token = request.headers.get("Authorization");
      logouts.push({ body: await request.json(), token });
      return answer();
    },
  });
}

beforeEach(() => {
  sessionStorage.clear();
  logouts = [];
});

it.each<[string, () => Promise<Response>]>([
  ["answers", async () => new Response(null, { status: 204 })],
  ["refuses", async () => new Response("{}", { status: 503 })],
  ["says nothing", () => new Promise(() => undefined)],
  ["is not reached", () => Promise.reject(new TypeError("failed to fetch"))],
])("the_server_is_told_and_the_token_forgotten_at_once_though_it %s", async (_, answer) => {
  const session = makeSession(answer);
  await session.signIn("mia@example.org", "lionheart");
  session.signOut();
  expect(session.state()).toEqual({ status: "signedOut", byChoice: true });
  expect(sessionStorage.getItem(KEY)).toBeNull();
  await expect.poll(() => logouts).toEqual([{ body: { refreshToken: "r1" }, token: null }]);
});

it("nothing_is_told_where_nobody_is_signed_in", async () => {
  const session = makeSession(async () => new Response(null, { status: 204 }));
  session.visit();
  session.signOut();
  await Promise.resolve();
  expect(logouts).toEqual([]);
});
