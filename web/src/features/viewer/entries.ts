// What a conversation is shown as: its messages, each new day under its date. Pure.
import type { Message } from "../../api/types";
import { dayKey } from "../../shared/lib/dates";

export type Entry = { message: Message; startsDay: boolean };

export function entriesOf(messages: Message[]): Entry[] {
  return messages
    .filter(({ content, metadata }) => content !== "" || metadata.finishReason === "cancelled")
    .map((message, index, shown) => {
      const before = shown[index - 1];
      const startsDay = !before || dayKey(before.timestamp) !== dayKey(message.timestamp);
      return { message, startsDay };
    });
}

/** Above this many messages only those near the window are in the page. */
export const LONG = 60;
