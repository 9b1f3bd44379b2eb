// Reads how it stands with what somebody wants erased, wishes it, and takes it back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import { m } from "../../paraglide/messages.js";
import { isRunning, standingsOf, type Scope } from "./wishes";

/** Whose it is, and who looks: the person, or a child's guardian. */
export type Subject = {
  userId: string;
  name: string;
  isOwn: boolean;
  isChild: boolean;
};

const keyOf = (subjectId: string) => ["erasing", subjectId];
const WAIT_MS = 3_000;

export function useErasing(userId: string) {
  return useQuery({
    queryKey: keyOf(userId),
    queryFn: async ({ signal }) => {
      const path = { userId };
      const how = { path, fetch: session.fetch, signal };
      return standingsOf((await read("/privacy/erasures/{userId}", how)).erasures);
    },
    // Somebody may have decided elsewhere.
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data && isRunning(data) ? WAIT_MS : false),
  });
}

export type Wanted = { reason: string; immediate: boolean };

/** What became of a wish at once: it waits, or it has begun, and its receipt tells the rest. */
export type Outcome = { receiptId: string; isWaiting: boolean };

export function useErase({ userId }: Subject, scope: Scope) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => wish(userId, scope, wanted),
    // Of an account that has begun to go nothing more can be asked.
    onSuccess: async ({ isWaiting }) => {
      if (isWaiting) await queries.invalidateQueries({ queryKey: keyOf(userId) });
    },
  });
}

async function wish(userId: string, scope: Scope, wanted: Wanted): Promise<Outcome> {
  const reason = wanted.reason.trim() || m.erase_reason_none();
  const body = { reason, confirm: true as const, immediate: wanted.immediate };
  const how = { path: { userId }, body, fetch: session.fetch };
  const { data } =
    scope === "account"
      ? await send("delete", "/users/{userId}", how)
      : await send("delete", "/privacy/conversations/{userId}", how);
  const isWaiting = "status" in data && data.status !== "running";
  return { receiptId: data.receiptId, isWaiting };
}

export function useWithdraw({ userId }: Subject) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: withdraw,
    onSettled: () => queries.invalidateQueries({ queryKey: keyOf(userId) }),
  });
}

async function withdraw(receiptId: string): Promise<void> {
  try {
    const path = { receiptId };
    await send("delete", "/privacy/receipts/{receiptId}", { path, fetch: session.fetch });
  } catch (cause) {
    // Somebody has taken it back elsewhere meanwhile.
    if (!(cause instanceof ApiProblem) || cause.status !== 404) throw cause;
  }
}
