// Reads how it stands with what somebody wants erased, wishes it, and takes it back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import { m } from "../../paraglide/messages.js";
import { fetchWith } from "../viewer/access";
import { isRunning, standingsOf, type Scope } from "./wishes";

/** Whose it is, and who looks: the person, a child's guardian, or an administrator. */
export type Subject = {
  userId: string;
  name: string;
  isOwn: boolean;
  isChild: boolean;
  byStaff?: boolean;
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

/** Staff say why, wherever it is about a child. */
export function needsReason({ byStaff, isChild }: Subject): boolean {
  return byStaff === true && isChild;
}

function fetchOf(subject: Subject, reason: string) {
  return needsReason(subject) ? fetchWith({ reason, share: undefined }) : session.fetch;
}

export type Wanted = { reason: string; immediate: boolean };

/** What became of a wish at once: it waits, or it has begun, and its receipt tells the rest. */
export type Outcome = { receiptId: string; isWaiting: boolean };

export function useErase(subject: Subject, scope: Scope) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => wish(subject, scope, wanted),
    // Of an account that has begun to go nothing more can be asked.
    onSuccess: async ({ isWaiting }) => {
      if (isWaiting) await queries.invalidateQueries({ queryKey: keyOf(subject.userId) });
    },
  });
}

async function wish(subject: Subject, scope: Scope, wanted: Wanted): Promise<Outcome> {
  const reason = wanted.reason.trim() || m.erase_reason_none();
  const body = { reason, confirm: true as const, immediate: wanted.immediate };
  const how = { path: { userId: subject.userId }, body, fetch: fetchOf(subject, reason) };
  const { data } =
    scope === "account"
      ? await send("delete", "/users/{userId}", how)
      : await send("delete", "/privacy/conversations/{userId}", how);
  const isWaiting = "status" in data && data.status !== "running";
  return { receiptId: data.receiptId, isWaiting };
}

export type TakenBack = { receiptId: string; reason: string };

export function useWithdraw(subject: Subject) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (taken: TakenBack) => withdraw(subject, taken),
    onSettled: () => queries.invalidateQueries({ queryKey: keyOf(subject.userId) }),
  });
}

async function withdraw(subject: Subject, { receiptId, reason }: TakenBack): Promise<void> {
  try {
    const how = { path: { receiptId }, fetch: fetchOf(subject, reason) };
    await send("delete", "/privacy/receipts/{receiptId}", how);
  } catch (cause) {
    // Somebody has taken it back elsewhere meanwhile.
    if (!(cause instanceof ApiProblem) || cause.status !== 404) throw cause;
  }
}
