// Loads the list of conversations. The server's pages may have fewer rows than asked for, while more
// follow; the reader's pages are cut from all rows that have come.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { useUser } from "../auth/useSession";
import { PAGE_SIZE, queryOf, type Filters } from "./filters";

/** So many of the server's pages are looked through for one of the reader's, before they are asked. */
const LOOKS = 6;

export function useSessions(filters: Filters, text: string) {
  const user = useUser();
  const query = queryOf(filters, text);
  const key = JSON.stringify(query);
  const result = useInfiniteQuery({
    enabled: user !== null,
    queryKey: ["sessions", key],
    queryFn: ({ signal, pageParam }) =>
      read("/conversations/sessions", {
        query: { ...query, ...(pageParam !== null && { nextToken: pageParam }) },
        fetch: session.fetch,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => (pagination.hasMore ? pagination.nextToken : undefined),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const { data, hasNextPage, isFetching, isError, isPlaceholderData, fetchNextPage } = result;
  const rows = data?.pages.flatMap(({ sessions }) => sessions) ?? [];
  const wanted = filters.page * PAGE_SIZE;
  const looked = data?.pages.length ?? 0;

  const [allowance, setAllowance] = useState({ key, looks: LOOKS });
  const looks = allowance.key === key ? allowance.looks : LOOKS;
  const isShort = rows.length < wanted && hasNextPage && !isPlaceholderData;
  const mayLook = looked < looks + filters.page;
  useEffect(() => {
    if (isShort && mayLook && !isFetching && !isError) void fetchNextPage();
  }, [isShort, mayLook, isFetching, isError, fetchNextPage]);

  const isLooking = isShort && (mayLook || isFetching) && !isError;
  return {
    ...result,
    rows: rows.slice(wanted - PAGE_SIZE, wanted),
    /** More may be found; so far not enough was. */
    isLooking,
    lookFurther: isShort && !isLooking ? () => setAllowance({ key, looks: looked + LOOKS }) : null,
    hasNext: rows.length > wanted || (rows.length === wanted && hasNextPage),
    total: data?.pages[0]?.pagination.totalSessions,
    sortedAmong: data?.pages[0]?.pagination.sortedAmong,
  };
}
