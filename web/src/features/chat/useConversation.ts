// Ties a chat to the page: to its address, to what is stored under it, and to its coming and going.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useLocation, useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { useUser } from "../auth/useSession";
import { chatWith } from "./chats";
import { isBusy, sessionOf } from "./conversation";
import { loadHistory } from "./history";

/** `address` is the session the address names, if any; `onFresh` hears that a new chat has begun. */
export function useConversation(
  animalId: string,
  address: string | undefined,
  onFresh: () => void,
) {
  const user = useUser();
  // Without an account nothing is stored, and so nothing to be read at any address.
  const sessionId = user ? address : undefined;
  const navigate = useNavigate();
  const [chat] = useState(() => chatWith(animalId, user));
  const state = useSyncExternalStore(chat.subscribe, chat.state);
  const opening = sessionId !== undefined && !state.sessionIds.includes(sessionId);
  const history = useQuery({
    queryKey: ["history", sessionId],
    queryFn: ({ signal }) => loadHistory(sessionId ?? "", signal),
    enabled: opening,
    gcTime: 0,
  });

  useEffect(() => {
    if (opening && history.data) chat.open(sessionId, history.data);
  }, [chat, opening, sessionId, history.data]);
  useFreshStart(() => {
    chat.reset();
    onFresh();
  });
  const current = sessionOf(state);
  useEffect(() => {
    if (opening || !user || user.role === "visitor") return;
    // The address follows the session: the first one, and the next one after a rollover.
    const current = sessionOf(chat.state());
    if (current === null || current === sessionId) return;
    void navigate(paths.chat(animalId, current), { replace: true });
  }, [chat, user, animalId, opening, sessionId, current, navigate]);
  useEffect(() => {
    chat.enter();
    addEventListener("online", chat.flush);
    return () => {
      removeEventListener("online", chat.flush);
      chat.leave();
    };
  }, [chat]);

  const { ask, retry, stop } = chat;
  return { state, ask, retry, stop, busy: isBusy(state), opening, history };
}

/** What a link to a new chat carries, so that it does not lead back to the old one. */
export const FRESH = { fresh: true };

/** The links to a new chat that were followed: going back to one does not begin again. */
const followed = new Set<string>();

function useFreshStart(reset: () => void) {
  const { key, state } = useLocation();
  const isFresh = (state as Partial<typeof FRESH> | null)?.fresh === true;
  useEffect(() => {
    if (!isFresh || followed.has(key)) return;
    followed.add(key);
    reset();
  }, [isFresh, key]);
}
