// Reads how it stands with what somebody wants erased, wishes it, and takes it back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import type { AuditEntry, AuditEventType, Receipt } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { keep, keptOf } from "./kept";
import {
  NONE,
  receiptsIn,
  standingOf,
  wishIn,
  type Done,
  type Entry,
  type Scope,
  type Standing,
} from "./wishes";

export type Erasing = Record<Scope, Standing> & { receipts: Done[] };

/** Whose it is, and who looks: the person, or a child's guardian. */
export type Subject = {
  userId: string;
  name: string;
  isOwn: boolean;
  isChild: boolean;
  /** Administrators' looking into the trail is an entry of it: theirs goes at once, and nothing is open. */
  hasTrail: boolean;
};

const keyOf = (subjectId: string) => ["erasing", subjectId];
/** Until the trail has followed what was just done. */
const FOLLOWS_MS = 10_000;
const WAIT_MS = 3_000;

export function useErasing(subject: Subject) {
  return useQuery({
    queryKey: keyOf(subject.userId),
    queryFn: ({ signal }) => readErasing(subject, signal),
    staleTime: FOLLOWS_MS,
    refetchInterval: ({ state: { data } }) =>
      data && [data.conversations, data.account].some(({ is }) => is === "running")
        ? WAIT_MS
        : false,
  });
}

async function readErasing(subject: Subject, signal: AbortSignal): Promise<Erasing> {
  const { userId, isOwn } = subject;
  const kept = keptOf(localStorage, userId);
  const [entries, conversations, account] = await Promise.all([
    subject.hasTrail ? readTrail(userId, signal) : [],
    readKept(userId, "conversations", kept.conversations, signal),
    readKept(userId, "account", kept.account, signal),
  ]);
  const child: AuditEntry["by"] = isOwn ? "you" : "your child";
  const wish = (scope: Scope) => (subject.isChild ? wishIn(entries, scope, child) : null);
  return {
    conversations: standingOf(wish("conversations"), conversations),
    account: standingOf(wish("account"), account),
    receipts: receiptsIn(entries),
  };
}

/** Whoever has wished nothing has nothing else of it in the trail. */
async function readTrail(targetUserId: string, signal: AbortSignal): Promise<Entry[]> {
  const of = async (eventType: AuditEventType) => {
    const query = { targetUserId, eventType, limit: 100 };
    return (await read("/audit", { query, fetch: session.fetch, signal })).entries;
  };
  const asked = await of("deletion_requested");
  if (asked.length === 0) return [];
  return [...asked, ...(await of("deletion_withdrawn")), ...(await of("erasure_completed"))];
}

async function readKept(
  userId: string,
  scope: Scope,
  receiptId: string | undefined,
  signal: AbortSignal,
): Promise<Receipt | null> {
  if (receiptId === undefined) return null;
  const forget = () => keep(localStorage, userId, scope, null);
  try {
    const path = { receiptId };
    const receipt = await read("/privacy/receipts/{receiptId}", {
      path,
      fetch: session.fetch,
      signal,
    });
    if (receipt.status === "completed") forget();
    return receipt;
  } catch (cause) {
    if (!(cause instanceof ApiProblem) || (cause.status !== 403 && cause.status !== 404)) {
      throw cause;
    }
    // Taken back elsewhere, or another person's.
    if (cause.status === 404) forget();
    return null;
  }
}

export type Wanted = { reason: string; immediate: boolean };

/** What became of a wish at once: its receipt is there, or it waits. */
export type Outcome = { receiptId: string; standing: Standing | null };

/** `standing` is null where it has begun or is done: then the receipt tells the rest. */
export function useErase({ userId }: Subject, scope: Scope) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => wish(userId, scope, wanted),
    onSuccess: ({ receiptId, standing }) => {
      const isOpen = standing !== null || scope === "conversations";
      keep(localStorage, userId, scope, isOpen ? receiptId : null);
      if (standing !== null) put(queries, userId, scope, standing);
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
  if ("receipt" in data || data.status === "running") {
    return { receiptId: data.receiptId, standing: null };
  }
  const { receiptId, status, destroyAt } = data;
  const requestedAt = new Date().toISOString();
  return { receiptId, standing: { is: status, receiptId, destroyAt, requestedAt } };
}

/**
 * Where the receipt is not known, the same wish again tells it: twice it is one, and it changes nothing where it is
 * confirmed already or one's own to ask for.
 */
export function useWithdraw({ userId }: Subject, scope: Scope) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (known: string | undefined) => {
      const receiptId = known ?? (await lookUp(userId, scope));
      await send("delete", "/privacy/receipts/{receiptId}", {
        path: { receiptId },
        fetch: session.fetch,
      });
    },
    onSuccess: () => {
      keep(localStorage, userId, scope, null);
      put(queries, userId, scope, NONE);
    },
    onError: () => void queries.invalidateQueries({ queryKey: keyOf(userId) }),
  });
}

async function lookUp(userId: string, scope: Scope): Promise<string> {
  const { receiptId } = await wish(userId, scope, { reason: "", immediate: false });
  keep(localStorage, userId, scope, receiptId);
  return receiptId;
}

type Queries = ReturnType<typeof useQueryClient>;

function put(queries: Queries, userId: string, scope: Scope, standing: Standing) {
  void queries.cancelQueries({ queryKey: keyOf(userId) });
  queries.setQueryData<Erasing>(keyOf(userId), (known) => known && { ...known, [scope]: standing });
}
