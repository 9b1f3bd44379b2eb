// Owns the sign-in: the access token (memory only), the refresh token (sessionStorage, so that it
// ends with the tab) and who is signed in. Knows nothing of pages.
import { ApiProblem, Unreachable, isFinal, problemOf } from "./problem";
import type { SignedIn, User } from "./types";

const STORAGE_KEY = "menagerie.refresh";
const VISIT_KEY = "menagerie.visit";
/** An access token this close to its end is renewed before it is used. */
const RENEW_EARLY_MS = 30_000;
const EXCHANGE_MS = 15_000;

export type SessionState =
  | { status: "restoring" }
  | { status: "unreachable" }
  /** `byChoice`: the person pressed "sign out"; what they looked at is nobody else's business. */
  | { status: "signedOut"; byChoice: boolean }
  /** Without an account, by choice. */
  | { status: "visiting" }
  | { status: "signedIn"; user: User };

/** What a renewal brought, and its access token's end by the clock that all tabs share. */
export type Tokens = SignedIn & { expiresAt: number };

/**
 * The other tabs. A duplicated tab starts with the same refresh token, which is good for one
 * exchange: whoever renews it tells the others, and whoever is about to asks them first.
 */
export type Tabs = {
  tell: (replaced: string, tokens: Tokens) => void;
  ask: (refreshToken: string) => Promise<Tokens | null>;
  listen: (
    onRenewed: (replaced: string, tokens: Tokens) => void,
    answer: (refreshToken: string) => Tokens | null,
  ) => void;
};

type Dependencies = {
  fetch: (request: Request) => Promise<Response>;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  now: () => number;
  origin: string;
  /** One at a time over all tabs. */
  exclusively: <T>(task: () => Promise<T>) => Promise<T>;
  tabs: Tabs;
};

export class Session {
  #deps: Dependencies;
  #access: Tokens | null = null;
  /** The refresh tokens that led to the present one. */
  #replaced = new Set<string>();
  #renewal: Promise<string> | null = null;
  #state: SessionState;
  #listeners = new Set<() => void>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#state = this.#initialState();
    deps.tabs.listen(
      (replaced, tokens) => {
        if (replaced === this.#refreshToken()) this.#adopt(replaced, tokens);
      },
      (refreshToken) => this.#successorOf(refreshToken),
    );
  }

  #initialState(): SessionState {
    if (this.#refreshToken()) return { status: "restoring" };
    if (this.#deps.storage.getItem(VISIT_KEY)) return { status: "visiting" };
    return { status: "signedOut", byChoice: false };
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly state = () => this.#state;

  async signIn(email: string, password: string): Promise<void> {
    const tokens = await this.#exchange("/api/auth", { email, password });
    this.#replaced.clear();
    this.#accept(tokens);
  }

  /** Goes without an account; a reload of the tab remembers that, and nothing else is kept. */
  visit(): void {
    this.#drop();
    this.#deps.storage.setItem(VISIT_KEY, "1");
    this.#become({ status: "visiting" });
  }

  /**
   * Has the server revoke the sign-in, without waiting for its answer: somebody who is offline is
   * signed out here all the same. Goes on though the page be closed.
   */
  signOut(): void {
    const refreshToken = this.#refreshToken();
    if (refreshToken) {
      void this.#post("/api/auth/logout", { refreshToken }, { keepalive: true }).catch(() => {});
    }
    this.#forget(true);
  }

  #forget(byChoice: boolean): void {
    this.#drop();
    this.#become({ status: "signedOut", byChoice });
  }

  #drop(): void {
    this.#access = null;
    this.#renewal = null;
    this.#replaced.clear();
    this.#deps.storage.removeItem(STORAGE_KEY);
  }

  /** After a reload: turns the tab's refresh token into a signed-in user, or into nothing. */
  async restore(): Promise<void> {
    if (this.#state.status !== "restoring" && this.#state.status !== "unreachable") return;
    this.#become({ status: "restoring" });
    await this.#renew().catch(() => {
      if (this.#state.status === "restoring") this.#become({ status: "unreachable" });
    });
  }

  /** Hears anew who is signed in, after that has changed. */
  async renew(): Promise<void> {
    await this.#renew();
  }

  /** Sends a request as the signed-in user, renewing the token ahead of its end and once on a 401. */
  readonly fetch = async (request: Request): Promise<Response> => {
    if (this.#state.status === "visiting") return this.#send(request);
    const spare = request.clone();
    const token = await this.#currentToken();
    const response = await this.#send(withToken(request, token));
    if (response.status !== 401) return response;
    // Another request may have renewed it meanwhile; then the newer token is worth a try as it is.
    const newer = this.#access && this.#access.token !== token ? this.#access.token : null;
    return this.#send(withToken(spare, newer ?? (await this.#renew())));
  };

  async #currentToken(): Promise<string> {
    return this.#access && this.#isFresh(this.#access) ? this.#access.token : this.#renew();
  }

  /** Single flight: a refresh token is good for one exchange, a second one would end the sign-in. */
  #renew(): Promise<string> {
    if (this.#renewal) return this.#renewal;
    const spent = this.#access?.token;
    const renewal = this.#deps
      .exclusively(() => this.#renewNow(spent))
      .finally(() => {
        // After a sign-out it may be the next person's already.
        if (this.#renewal === renewal) this.#renewal = null;
      });
    this.#renewal = renewal;
    return renewal;
  }

  async #renewNow(spent: string | undefined): Promise<string> {
    // Another tab may have renewed it while this one waited for its turn.
    if (this.#access && this.#access.token !== spent) return this.#access.token;
    const refreshToken = this.#refreshToken();
    if (!refreshToken) {
      this.#forget(false);
      throw new ApiProblem(401, "signed_out");
    }
    try {
      const known = await this.#deps.tabs.ask(refreshToken);
      const isNew = known !== null && known.token !== spent && this.#isFresh(known);
      const tokens = isNew ? known : await this.#exchange("/api/auth/refresh", { refreshToken });
      // Signed out while the answer was under way: that wish stands.
      if (this.#refreshToken() !== refreshToken) throw new ApiProblem(401, "signed_out");
      this.#adopt(refreshToken, tokens);
      if (!isNew) this.#deps.tabs.tell(refreshToken, tokens);
      return tokens.token;
    } catch (cause) {
      // A busy or broken server says nothing about the token; then it is kept.
      // And what it says of a token that is not this person's any more is not about them.
      const isCurrent = this.#refreshToken() === refreshToken;
      if (cause instanceof ApiProblem && isFinal(cause) && isCurrent) this.#forget(false);
      throw cause;
    }
  }

  #adopt(replaced: string, tokens: Tokens): void {
    this.#replaced.add(replaced);
    this.#accept(tokens);
  }

  #accept(tokens: Tokens): void {
    this.#access = tokens;
    this.#deps.storage.removeItem(VISIT_KEY);
    this.#deps.storage.setItem(STORAGE_KEY, tokens.refreshToken);
    this.#become({ status: "signedIn", user: tokens.user });
  }

  /** For another tab that holds this refresh token, or one that led to it. */
  #successorOf(refreshToken: string): Tokens | null {
    const isOurs = refreshToken === this.#refreshToken() || this.#replaced.has(refreshToken);
    return isOurs && this.#access && this.#isFresh(this.#access) ? this.#access : null;
  }

  #isFresh({ expiresAt }: Tokens): boolean {
    return expiresAt - this.#deps.now() > RENEW_EARLY_MS;
  }

  async #exchange(path: string, body: object): Promise<Tokens> {
    // A network that says nothing would hold up every request, and every other tab's renewal.
    const limits = { signal: AbortSignal.timeout(EXCHANGE_MS) };
    const response = await this.#post(path, body, limits).catch((cause: unknown) => {
      throw new Unreachable("no answer", { cause });
    });
    if (!response.ok) throw await problemOf(response);
    const signedIn = (await response.json()) as SignedIn;
    return { ...signedIn, expiresAt: this.#deps.now() + signedIn.expiresIn * 1000 };
  }

  #post(path: string, body: object, how: RequestInit): Promise<Response> {
    const headers = { "Content-Type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(body), ...how };
    return this.#send(new Request(this.#deps.origin + path, request));
  }

  async #send(request: Request): Promise<Response> {
    try {
      return await this.#deps.fetch(request);
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      throw new Unreachable("no answer", { cause });
    }
  }

  #refreshToken(): string | null {
    return this.#deps.storage.getItem(STORAGE_KEY);
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function withToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
