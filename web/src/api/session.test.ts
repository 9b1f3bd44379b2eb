import { beforeEach, describe, expect, it } from "vitest";
import { Session } from "./session";

const user = { userId: "u", email: "mia@example.org", displayName: "Mia", role: "user" } as const;
const KEY = "menagerie.refresh";

let now: number;
let calls: { path: string; token: string | null }[];
let answers: Record<string, (() => Response | Promise<Response>)[]>;
let issued: number;

const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
const pair = () => {
  issued += 1;
  return json({ token: `t${issued}`, refreshToken: `r${issued}`, expiresIn: 600, user });
};

function makeSession() {
  return new Session({
    origin: "http://zoo.test",
    storage: sessionStorage,
    now: () => now,
    exclusively: (task) => task(),
    fetch: async (request) => {
      const path = new URL(request.url).pathname;
      calls.push({ path, token: request.headers.get("Authorization") });
      const answer = answers[path]?.shift();
      if (!answer) throw new TypeError("failed to fetch");
      return answer();
    },
  });
}

const get = (path: string) => new Request(`http://zoo.test${path}`);
const refreshes = () => calls.filter((call) => call.path === "/api/auth/refresh").length;

beforeEach(() => {
  sessionStorage.clear();
  now = 0;
  issued = 0;
  calls = [];
  answers = { "/api/auth": [pair], "/api/auth/refresh": [pair], "/api/me": [] };
});

async function signedIn() {
  const session = makeSession();
  await session.signIn("mia@example.org", "lionheart");
  return session;
}

describe("the access token", () => {
  it("is_renewed_before_it_ends", async () => {
    const session = await signedIn();
    answers["/api/me"] = [() => json({})];
    now = 580_000;
    await session.fetch(get("/api/me"));
    expect(calls.at(-1)).toEqual({ path: "/api/me", token: "Bearer t2" });
  });

  it("is_renewed_once_on_a_401", async () => {
    const session = await signedIn();
    answers["/api/me"] = [() => json({}, 401), () => json({}, 401)];
    const response = await session.fetch(get("/api/me"));
    expect(response.status).toBe(401);
    expect(refreshes()).toBe(1);
  });

  it("is_renewed_by_one_request_for_all", async () => {
    const session = await signedIn();
    answers["/api/me"] = [() => json({}), () => json({}), () => json({})];
    now = 600_000;
    await Promise.all([1, 2, 3].map(() => session.fetch(get("/api/me"))));
    expect(refreshes()).toBe(1);
  });

  it("never_reaches_the_storage", async () => {
    await signedIn();
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("t1");
    expect(sessionStorage.getItem(KEY)).toBe("r1");
  });
});

describe("after a reload", () => {
  it("the_refresh_token_brings_the_user_back", async () => {
    sessionStorage.setItem(KEY, "r0");
    const session = makeSession();
    expect(session.state().status).toBe("restoring");
    await session.restore();
    expect(session.state()).toEqual({ status: "signedIn", user });
  });

  it("a_refused_refresh_token_signs_out", async () => {
    sessionStorage.setItem(KEY, "r0");
    answers["/api/auth/refresh"] = [() => json({ code: "unauthorized" }, 401)];
    const session = makeSession();
    await session.restore();
    expect(session.state().status).toBe("signedOut");
    expect(sessionStorage.getItem(KEY)).toBeNull();
  });

  it("a_late_answer_for_one_person_does_not_sign_the_next_one_out", async () => {
    sessionStorage.setItem(KEY, "r0");
    let answerLate: (response: Response) => void = () => undefined;
    const late = new Promise<Response>((resolve) => (answerLate = resolve));
    answers["/api/auth/refresh"] = [() => late];
    const session = makeSession();
    const restoring = session.restore();
    session.signOut();
    expect(session.state()).toEqual({ status: "signedOut", byChoice: true });
    await session.signIn("b@example.org", "secret");
    answerLate(json({ code: "unauthorized" }, 401));
    await restoring;
    expect(session.state().status).toBe("signedIn");
  });

  it.each([[[]], [[() => json({}, 503)]]])(
    "an_unreachable_server_keeps_the_token",
    async (list) => {
      sessionStorage.setItem(KEY, "r0");
      answers["/api/auth/refresh"] = list;
      const session = makeSession();
      await session.restore();
      expect(session.state().status).toBe("unreachable");
      expect(sessionStorage.getItem(KEY)).toBe("r0");
    },
  );
});
