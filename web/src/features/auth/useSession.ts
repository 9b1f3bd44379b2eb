import { createContext, use, useSyncExternalStore } from "react";
import { session } from "../../api/client";
import type { SessionState } from "../../api/session";
import type { User } from "../../api/types";

export function useSessionState(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

export const UserContext = createContext<User | null>(null);

/** The signed-in user, below RequireSession; null for a visitor without an account. */
export function useUser(): User | null {
  return use(UserContext);
}
