// Reads the trail. The server's pages may have fewer entries than asked for, or none, while more follow.
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { datesOf, queryOf, type TrailFilters } from "./filters";

const PAGE = 50;
/** So many pages without anything are looked through, before the reader is asked. */
const LOOKS = 6;

export function useTrail(filters: TrailFilters) {
  const query = { limit: PAGE, ...queryOf(filters) };
  const result = useInfiniteQuery({
    queryKey: ["trail", query],
    queryFn: ({ signal, pageParam }) =>
      read("/audit", {
        query: { ...query, ...(pageParam !== null && { nextToken: pageParam }) },
        fetch: session.fetch,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => (pagination.hasMore ? pagination.nextToken : undefined),
    staleTime: 0,
    // To look is written down: what was looked at before is not asked for again in the background.
    refetchOnReconnect: false,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = result;
  const pages = data?.pages ?? [];
  const entries = pages.flatMap(({ entries }) => entries);
  const isShort = entries.length === 0 && hasNextPage && pages.length % LOOKS !== 0;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage();
  }, [isShort, isFetching, isError, fetchNextPage]);
  return { ...result, entries, isLooking: isShort && !isError };
}

/** Asked for, never by itself: it reads the whole trail. */
export function useVerify() {
  return useMutation({
    mutationFn: (dates: Pick<TrailFilters, "from" | "to">) =>
      read("/audit/verify", {
        query: datesOf(dates),
        fetch: session.fetch,
        signal: new AbortController().signal,
      }),
  });
}
