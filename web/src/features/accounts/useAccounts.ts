// Reads the accounts, makes and changes them.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem, Unreachable } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import type { Account, Role } from "../../api/types";
import { m } from "../../paraglide/messages.js";

export type AccountFilters = { role: Role | null; status: Account["status"] | null };
export type Change = { userId: string; role?: Role; status?: "active" | "disabled" };

const KEY = "accounts";
const PAGE = 50;

export function useAccounts({ role, status }: AccountFilters) {
  return useInfiniteQuery({
    queryKey: [KEY, role, status],
    queryFn: ({ signal, pageParam }) =>
      read("/users", {
        query: {
          limit: PAGE,
          ...(role && { role }),
          ...(status && { status }),
          ...(pageParam !== null && { nextToken: pageParam }),
        },
        fetch: session.fetch,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => pagination.nextToken,
    staleTime: 0,
  });
}

type Pages = { pages: { users: Account[] }[] };

/** The answer replaces the account in the lists that have it: they are made again with a short delay. */
export function useChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ userId, ...body }: Change) =>
      send("patch", "/users/{userId}", { path: { userId }, body, fetch: session.fetch }),
    onSuccess: ({ data }) => {
      queries.setQueriesData<Pages>({ queryKey: [KEY] }, (lists) => lists && replaced(lists, data));
    },
  });
}

function replaced(lists: Pages, account: Account): Pages {
  const pages = lists.pages.map((page) => ({
    ...page,
    users: page.users.map((each) => (each.userId === account.userId ? account : each)),
  }));
  return { ...lists, pages };
}

export function changeErrorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  const code = cause instanceof ApiProblem ? cause.code : null;
  if (code === "own_account") return m.accounts_error_own();
  if (code === "email_taken") return m.accounts_error_taken();
  if (code === "invalid") return m.accounts_error_invalid();
  return m.password_error_other();
}
