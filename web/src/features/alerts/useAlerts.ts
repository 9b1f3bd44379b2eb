// Reads the alerts. What staff gave alarm of is left out for keepers, so that a page may be short.
import { useInfiniteQuery } from "@tanstack/react-query";
import { session } from "../../api/client";
import { read } from "../../api/read";

export function useAlerts() {
  return useInfiniteQuery({
    queryKey: ["alerts"],
    queryFn: ({ signal, pageParam }) =>
      read("/alerts", {
        query: pageParam === null ? {} : { nextToken: pageParam },
        fetch: session.fetch,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => (pagination.hasMore ? pagination.nextToken : undefined),
    staleTime: 0,
  });
}
