import { beforeEach, describe, expect, it } from "vitest";
import { Session } from "./session";
import { otherTabs } from "./tabs";

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

/** What each tab's channel hears; a tab never hears itself. */
let ears: EventTarget[];

function channel() {
  const own = new EventTarget();
  ears.push(own);
  return Object.assign(own, {
    postMessage: (data: unknown) => {
      for (const each of ears.filter((ear) => ear !== own)) {
        queueMicrotask(() => each.dispatchEvent(new MessageEvent("message", { data })));
      }
    },
  });
}

/** A storage as each tab has one for itself. */
function storageWith(refreshToken?: string): Storage {
  const items = new Map(refreshToken === undefined ? [] : [[KEY, refreshToken]]);
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as Storage;
}

/** One task at a time over all tabs, as the browser's locks have it. */
let turn: Promise<unknown>;
function exclusively<T>(task: () => Promise<T>): Promise<T> {
  const next = turn.then(task, task);
  turn = next.catch(() => undefined);
  return next;
}

function makeSession(storage: Storage = sessionStorage) {
  return new Session({
    origin: "http://zoo.test",
    storage,
    now: () => now,
    exclusively,
    tabs: otherTabs(channel() as unknown as BroadcastChannel),
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
  ears = [];
  turn = Promise.resolve();
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

it("who_is_signed_in_is_heard_anew_when_asked_for", async () => {
  const session = await signedIn();
  const changed = { ...user, displayName: "Mia-Sophie" };
  answers["/api/auth/refresh"] = [
    () => json({ token: "t9", refreshToken: "r9", expiresIn: 600, user: changed }),
  ];
  await session.renew();
  expect(session.state()).toEqual({ status: "signedIn", user: changed });
  expect(sessionStorage.getItem(KEY)).toBe("r9");
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

describe("a duplicated tab", () => {
  const ok = () => json({});
  const renewals = () => calls.filter((call) => call.path === "/api/auth/refresh").length;

  it("takes_the_first_one's_tokens_as_long_as_they_are_good", async () => {
    const first = makeSession(storageWith("r0"));
    await first.restore();
    answers["/api/auth/refresh"] = [];
    const twin = makeSession(storageWith("r1"));
    await twin.restore();
    answers["/api/me"] = [ok];
    await twin.fetch(get("/api/me"));
    expect(calls.at(-1)?.token).toBe("Bearer t1");
    expect(renewals()).toBe(1);
  });

  it("shares_every_renewal_however_much_later_it_comes", async () => {
    const storages = [storageWith("r0"), storageWith("r0")];
    const [first, twin] = storages.map((storage) => makeSession(storage));
    answers["/api/auth/refresh"] = [pair, pair, pair];
    await first?.restore();
    await twin?.restore();
    for (const [minutes, tab] of [
      [20, first],
      [40, twin],
    ] as const) {
      now = minutes * 60_000;
      answers["/api/me"] = [ok, ok];
      await tab?.fetch(get("/api/me"));
      await (tab === first ? twin : first)?.fetch(get("/api/me"));
    }
    expect(renewals()).toBe(3);
    expect(storages.map((storage) => storage.getItem(KEY))).toEqual(["r3", "r3"]);
  });

  it("that_slept_through_a_renewal_asks_before_it_spends_its_old_token", async () => {
    answers["/api/auth/refresh"] = [pair, pair];
    const first = makeSession(storageWith("r0"));
    await first.restore();
    now = 600_000;
    answers["/api/me"] = [ok];
    await first.fetch(get("/api/me"));
    const storage = storageWith("r1");
    const sleeper = makeSession(storage);
    await sleeper.restore();
    expect(sleeper.state().status).toBe("signedIn");
    expect(storage.getItem(KEY)).toBe("r2");
    expect(renewals()).toBe(2);
  });

  it("does_not_take_over_a_token_that_was_just_refused", async () => {
    const first = makeSession(storageWith("r0"));
    await first.restore();
    const twin = makeSession(storageWith("r1"));
    await twin.restore();
    answers["/api/auth/refresh"] = [pair];
    answers["/api/me"] = [() => json({}, 401), ok];
    expect((await twin.fetch(get("/api/me"))).status).toBe(200);
    expect(calls.at(-1)?.token).toBe("Bearer t2");
  });

  it("of_someone_else_shares_nothing", async () => {
    answers["/api/auth/refresh"] = [pair];
    const first = makeSession(storageWith("r0"));
    const stranger = storageWith("q0");
    const other = makeSession(stranger);
    await first.restore();
    await other.restore();
    expect(other.state().status).toBe("unreachable");
    expect(stranger.getItem(KEY)).toBe("q0");
  });
});

describe("without an account", () => {
  it("requests_carry_no_token_and_nothing_is_renewed", async () => {
    const session = makeSession();
    session.visit();
    answers["/api/me"] = [() => json({}, 401)];
    const response = await session.fetch(get("/api/me"));
    expect(response.status).toBe(401);
    expect(calls).toEqual([{ path: "/api/me", token: null }]);
  });

  it("a_reload_remembers_it_until_one_signs_in", async () => {
    makeSession().visit();
    expect(makeSession().state()).toEqual({ status: "visiting" });
    const session = makeSession();
    await session.signIn("mia@example.org", "lionheart");
    session.signOut();
    expect(makeSession().state()).toEqual({ status: "signedOut", byChoice: false });
  });
});
