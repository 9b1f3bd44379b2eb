// The conversations of this tab, one for each animal, until another person takes over.
import { session } from "../../api/client";
import type { User } from "../../api/types";
import { pause } from "../../shared/lib/pause";
import { Chat } from "./chat";
import { loadHistory } from "./history";

const chats = new Map<string, Chat>();

let owner = person();

session.subscribe(() => {
  if (owner === person()) return;
  owner = person();
  chats.clear();
});

/** Whose conversations these are; while that is not known, nobody's. */
function person(): string | null {
  const state = session.state();
  return state.status === "signedIn" ? state.user.userId : null;
}

export function chatWith(animalId: string, user: User | null): Chat {
  const known = chats.get(animalId);
  if (known) return known;
  const chat = new Chat(
    { animalId, isStored: user !== null && user.role !== "visitor", isGuest: user === null },
    {
      fetch: session.fetch,
      loadHistory,
      pause,
      isOnline: () => navigator.onLine,
      now: () => Date.now(),
      random: () => Math.random(),
    },
  );
  chats.set(animalId, chat);
  return chat;
}
