import { session } from "../../api/client";
import { read } from "../../api/read";
import type { Message } from "../../api/types";
import { watchSilence } from "../../shared/lib/silence";

/** One page of a history takes no longer than this. */
const PAGE_MS = 15_000;

/** The whole stored conversation, oldest message first. */
export async function loadHistory(sessionId: string, signal: AbortSignal): Promise<Message[]> {
  const messages: Message[] = [];
  const watch = watchSilence(signal, PAGE_MS);
  try {
    let nextToken: string | undefined;
    do {
      const query = nextToken === undefined ? { limit: 500 } : { limit: 500, nextToken };
      const page = await read("/conversations/history/{sessionId}", {
        path: { sessionId },
        query,
        fetch: session.fetch,
        signal: watch.signal,
      });
      watch.heard();
      messages.push(...page.messages);
      nextToken = page.pagination.nextToken;
    } while (nextToken !== undefined);
  } finally {
    watch.stop();
  }
  return messages;
}
