import { createContext, use, useSyncExternalStore } from "react";
import { session } from "../../api/client";
import type { SessionState } from "../../api/session";
import type { User } from "../../api/types";

export function useSessionState(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

export const UserContext = createContext<User | null>(null);

/** The signed-in user; only below RequireSession. */
export function useUser(): User {
  const user = use(UserContext);
  if (!user) throw new Error("useUser outside RequireSession");
  return user;
}
