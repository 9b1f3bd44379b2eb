// Reads what the zoo tells parents and what a guardian agrees to, and changes the latter.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import { NOTHING, type Choice } from "./consent";

const NOTICE = ["notice"];
const keyOf = (childId: string) => ["consent", childId];

/** What the guardian agrees to for a child. */
export function useConsent(childId: string) {
  return useQuery({
    queryKey: keyOf(childId),
    queryFn: ({ signal }) =>
      read("/privacy/consent/{childId}", { path: { childId }, fetch: session.fetch, signal }),
    staleTime: 0,
  });
}

export function useNotice() {
  return useQuery({
    queryKey: NOTICE,
    queryFn: ({ signal }) => read("/privacy/notice", { signal }),
    staleTime: 0,
    // What one is reading does not change under one's eyes; a refusal has it read anew.
    refetchOnReconnect: false,
  });
}

/** Takes back what is null; agrees to what is chosen under the notice that was read. */
export type Wish = { choice: Choice; noticeVersion: string } | null;

export function useChangeConsent(childId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wish: Wish) => {
      const { data } = await send("put", "/privacy/consent/{childId}", {
        path: { childId },
        body: bodyOf(wish),
        fetch: session.fetch,
      });
      return data;
    },
    onSuccess: (consent) => queries.setQueryData(keyOf(childId), consent),
    onError: async (cause) => {
      if (!(cause instanceof ApiProblem) || cause.status !== 422) return;
      void queries.invalidateQueries({ queryKey: keyOf(childId) });
      await queries.refetchQueries({ queryKey: NOTICE });
    },
  });
}

function bodyOf(wish: Wish) {
  if (wish === null) return { scopes: NOTHING };
  const { choice, noticeVersion } = wish;
  const { scopes, method } = choice;
  return { scopes, noticeVersion, ...(method !== null && { method }) };
}
