// Reads families, and changes what a guardian may change.
import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import type { Controls, Family, FamilyMember } from "../../api/types";
import { useUser } from "../auth/useSession";
import { withChild, withControls } from "./family";

const OWN = ["family"];

/** One's own family; null for somebody without one. Only those who may have one are asked about it. */
export function useOwnFamily({ ofGuardian = false } = {}) {
  const role = useUser()?.role;
  return useQuery({
    enabled: role === "parent" || (role === "user" && !ofGuardian),
    queryKey: OWN,
    queryFn: async ({ signal }) => {
      const { families } = await read("/family_list", { fetch: session.fetch, signal });
      return families[0] ?? null;
    },
    staleTime: 0,
  });
}

/** All families, for staff. */
export function useFamilies() {
  return useInfiniteQuery({
    queryKey: ["families"],
    queryFn: ({ signal, pageParam }) =>
      read("/family_list", {
        query: pageParam === null ? {} : { nextToken: pageParam },
        fetch: session.fetch,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => (pagination.hasMore ? pagination.nextToken : undefined),
    staleTime: 0,
  });
}

/** What the server answers replaces what is shown: its lists follow with a short delay. */
function update(queries: QueryClient, change: (family: Family) => Family) {
  void queries.cancelQueries({ queryKey: OWN });
  queries.setQueryData<Family | null>(OWN, (family) => family && change(family));
}

/** Changes one thing that is set for a child, and leaves the others as they are on the server. */
export function useControls(familyId: string, userId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (change: Partial<Controls>) => {
      const one = { path: { familyId, userId }, fetch: session.fetch };
      const route = "/family/{familyId}/children/{userId}/controls";
      const now = await read(route, { ...one, signal: new AbortController().signal });
      const { data } = await send("put", route, { ...one, body: { ...now, ...change } });
      return data;
    },
    onSuccess: (controls) => update(queries, (family) => withControls(family, userId, controls)),
    onError: (cause) => {
      // The child has left the family.
      if (cause instanceof ApiProblem && cause.status === 404) {
        void queries.invalidateQueries({ queryKey: OWN });
      }
    },
  });
}

export type NewChild = { displayName: string; username: string; password: string };

export function useAddChild(familyId: string) {
  const queries = useQueryClient();
  return async (body: NewChild): Promise<FamilyMember> => {
    const { data } = await send("post", "/family/{familyId}/children", {
      path: { familyId },
      body,
      fetch: session.fetch,
    });
    update(queries, (family) => withChild(family, data));
    return data;
  };
}

/** The newest conversations of a child that are looked at for new ones: few, as each is opened for it. */
const LOOKED_AT = 5;

/** When a child talked last, and in how many conversations something is new to the guardian. */
export function useActivity(userId: string) {
  return useQuery({
    queryKey: ["sessions", "activity", userId],
    queryFn: async ({ signal }) => {
      const query = { userId, limit: LOOKED_AT };
      const { sessions, pagination } = await read("/conversations/sessions", {
        query,
        fetch: session.fetch,
        signal,
      });
      const unread = sessions.filter(({ unread }) => unread === true).length;
      return {
        last: sessions[0]?.lastActivity ?? null,
        unread,
        orMore: unread === sessions.length && pagination.hasMore,
      };
    },
    staleTime: 0,
  });
}
