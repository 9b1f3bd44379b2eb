// Loads a stored conversation page by page, the oldest message first.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { read } from "../../api/read";
import type { History, Message } from "../../api/types";
import { fetchWith, type Access } from "./access";

const PAGE = 100;

export type Opened = Omit<History, "messages" | "pagination"> & { messages: Message[] };

export function useHistory(sessionId: string, access: Access, enabled: boolean) {
  const query = useInfiniteQuery({
    enabled,
    queryKey: ["conversation", sessionId, access.reason !== null, access.share !== undefined],
    queryFn: ({ signal, pageParam }) =>
      read("/conversations/history/{sessionId}", {
        path: { sessionId },
        query: { limit: PAGE, ...(pageParam !== null && { nextToken: pageParam }) },
        fetch: fetchWith(access),
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => pagination.nextToken,
    // Somebody else's words are not kept longer than the page is open.
    gcTime: 0,
    staleTime: Infinity,
  });
  // Whoever wants the page that is on its way already waits for that one; by itself a second wish would
  // cancel the first and ask anew.
  const { fetchNextPage } = query;
  const loadMore = useCallback(() => fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const loadAll = async () => {
    let more = query.hasNextPage;
    while (more) {
      const { hasNextPage, isError } = await loadMore();
      more = hasNextPage && !isError;
    }
  };
  return { ...query, loadMore, loadAll, opened: query.data ? joined(query.data.pages) : null };
}

function joined(pages: History[]): Opened | null {
  const last = pages.at(-1);
  return last ? { ...last, messages: pages.flatMap(({ messages }) => messages) } : null;
}
