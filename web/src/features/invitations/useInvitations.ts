// Reads one's invitations, makes and answers them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { session } from "../../api/client";
import { ApiProblem, Unreachable } from "../../api/problem";
import { read } from "../../api/read";
import { send } from "../../api/send";
import type { InvitationKind, Invitations } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { invitationOf, withSent, without } from "./invitations";

const KEY = ["invitations"];

export function useInvitations() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => read("/invitations", { fetch: session.fetch, signal }),
    staleTime: 0,
  });
}

export type Answer = "accept" | "decline" | "withdraw";

export function useAnswer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ invitationId, answer }: { invitationId: string; answer: Answer }) => {
      const one = { path: { invitationId }, fetch: session.fetch };
      if (answer === "withdraw") await send("delete", "/invitations/{invitationId}", one);
      else await send("post", `/invitations/{invitationId}/${answer}`, one);
      if (answer !== "accept") return;
      await queries.invalidateQueries({ queryKey: ["family"] });
      // One may be somebody's child from now on. What is shown of that can wait; it is so already.
      await session.renew().catch(() => undefined);
    },
    onSuccess: (_, { invitationId }) => {
      queries.setQueryData<Invitations>(KEY, (before) => before && without(before, invitationId));
    },
    onError: (cause) => {
      // It was taken back, or is over.
      if (cause instanceof ApiProblem && cause.status === 404) {
        void queries.invalidateQueries({ queryKey: KEY });
      }
    },
  });
}

/** The server's list follows with a short delay; what it answered is shown at once. */
export function useInvite() {
  const queries = useQueryClient();
  return async (kind: InvitationKind, name: string) => {
    const { data } = await send("post", "/invitations", {
      body: { kind, ...invitationOf(name) },
      fetch: session.fetch,
    });
    const sent = { ...data, kind, to: name, createdAt: new Date().toISOString() };
    queries.setQueryData<Invitations>(KEY, (before) => before && withSent(before, sent));
  };
}

export function answerErrorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  const status = cause instanceof ApiProblem ? cause.status : null;
  if (status === 404) return m.invitations_gone();
  if (status === 422) return m.invitations_unfit();
  return m.password_error_other();
}

export function inviteErrorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  const status = cause instanceof ApiProblem ? cause.status : null;
  // What was typed was checked before: what does not fit is how many invitations are open.
  if (status === 422 || status === 429) return m.invitations_too_many();
  return m.password_error_other();
}
