// The conversations of this tab, one for each animal, until the person signs out.
import { session } from "../../api/client";
import type { User } from "../../api/types";
import { pause } from "../../shared/lib/pause";
import { Chat } from "./chat";
import { loadHistory } from "./history";

const chats = new Map<string, Chat>();

session.subscribe(() => {
  if (session.state().status === "signedOut") chats.clear();
});

export function chatWith(animalId: string, user: User): Chat {
  const known = chats.get(animalId);
  if (known) return known;
  const chat = new Chat(
    { animalId, isStored: user.role !== "visitor" },
    {
      fetch: session.fetch,
      loadHistory,
      pause,
      isOnline: () => navigator.onLine,
      now: () => Date.now(),
    },
  );
  chats.set(animalId, chat);
  return chat;
}
