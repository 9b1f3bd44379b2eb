// Owns the sign-in: the access token (memory only), the refresh token (sessionStorage, so that it
// ends with the tab) and who is signed in. Knows nothing of pages.
import { ApiProblem, Unreachable, isFinal, problemOf } from "./problem";
import type { SignedIn, User } from "./types";

const STORAGE_KEY = "menagerie.refresh";
/** An access token this close to its end is renewed before it is used. */
const RENEW_EARLY_MS = 30_000;
const EXCHANGE_MS = 15_000;

export type SessionState =
  | { status: "restoring" }
  | { status: "unreachable" }
  /** `byChoice`: the person pressed "sign out"; what they looked at is nobody else's business. */
  | { status: "signedOut"; byChoice: boolean }
  | { status: "signedIn"; user: User };

type Dependencies = {
  fetch: (request: Request) => Promise<Response>;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  now: () => number;
  origin: string;
  /** One at a time over all tabs: a duplicated tab starts with the same refresh token. */
  exclusively: <T>(task: () => Promise<T>) => Promise<T>;
};

export class Session {
  #deps: Dependencies;
  #access: { token: string; expiresAt: number } | null = null;
  #renewal: Promise<string> | null = null;
  #state: SessionState;
  #listeners = new Set<() => void>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#state = this.#refreshToken()
      ? { status: "restoring" }
      : { status: "signedOut", byChoice: false };
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly state = () => this.#state;

  async signIn(email: string, password: string): Promise<void> {
    this.#accept(await this.#exchange("/api/auth", { email, password }));
  }

  signOut(): void {
    this.#forget(true);
  }

  #forget(byChoice: boolean): void {
    this.#access = null;
    this.#renewal = null;
    this.#deps.storage.removeItem(STORAGE_KEY);
    this.#become({ status: "signedOut", byChoice });
  }

  /** After a reload: turns the tab's refresh token into a signed-in user, or into nothing. */
  async restore(): Promise<void> {
    if (this.#state.status !== "restoring" && this.#state.status !== "unreachable") return;
    this.#become({ status: "restoring" });
    await this.#renew().catch(() => {
      if (this.#state.status === "restoring") this.#become({ status: "unreachable" });
    });
  }

  /** Sends a request as the signed-in user, renewing the token ahead of its end and once on a 401. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const spare = request.clone();
    const token = await this.#currentToken();
    const response = await this.#send(withToken(request, token));
    if (response.status !== 401) return response;
    // Another request may have renewed it meanwhile; then the newer token is worth a try as it is.
    const newer = this.#access && this.#access.token !== token ? this.#access.token : null;
    return this.#send(withToken(spare, newer ?? (await this.#renew())));
  };

  async #currentToken(): Promise<string> {
    const access = this.#access;
    if (access && access.expiresAt - this.#deps.now() > RENEW_EARLY_MS) return access.token;
    return this.#renew();
  }

  /** Single flight: a refresh token is good for one exchange, a second one would end the sign-in. */
  #renew(): Promise<string> {
    if (this.#renewal) return this.#renewal;
    const renewal = this.#deps
      .exclusively(() => this.#renewNow())
      .finally(() => {
        // After a sign-out it may be the next person's already.
        if (this.#renewal === renewal) this.#renewal = null;
      });
    this.#renewal = renewal;
    return renewal;
  }

  async #renewNow(): Promise<string> {
    const refreshToken = this.#refreshToken();
    if (!refreshToken) {
      this.#forget(false);
      throw new ApiProblem(401, "signed_out");
    }
    try {
      const signedIn = await this.#exchange("/api/auth/refresh", { refreshToken });
      // Signed out while the answer was under way: that wish stands.
      if (this.#refreshToken() !== refreshToken) throw new ApiProblem(401, "signed_out");
      return this.#accept(signedIn);
    } catch (cause) {
      // A busy or broken server says nothing about the token; then it is kept.
      // And what it says of a token that is not this person's any more is not about them.
      const isCurrent = this.#refreshToken() === refreshToken;
      if (cause instanceof ApiProblem && isFinal(cause) && isCurrent) this.#forget(false);
      throw cause;
    }
  }

  #accept(signedIn: SignedIn): string {
    const expiresAt = this.#deps.now() + signedIn.expiresIn * 1000;
    this.#access = { token: signedIn.token, expiresAt };
    this.#deps.storage.setItem(STORAGE_KEY, signedIn.refreshToken);
    this.#become({ status: "signedIn", user: signedIn.user });
    return signedIn.token;
  }

  async #exchange(path: string, body: object): Promise<SignedIn> {
    const request = new Request(this.#deps.origin + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      // A network that says nothing would hold up every request, and every other tab's renewal.
      signal: AbortSignal.timeout(EXCHANGE_MS),
    });
    const response = await this.#send(request).catch((cause: unknown) => {
      throw new Unreachable("no answer", { cause });
    });
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as SignedIn;
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
