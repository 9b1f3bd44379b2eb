// What the trail is narrowed to, as it stands in the address. Pure.
import type { paths } from "../../api/schema";
import type { AuditEventType } from "../../api/types";

export const EVENTS = [
  "conversation_viewed",
  "conversations_listed",
  "conversation_searched",
  "conversation_exported",
  "conversation_shared",
  "share_revoked",
  "conversation_deleted",
  "deletion_requested",
  "deletion_withdrawn",
  "erasure_completed",
  "unauthorized_access_attempt",
  "conversation_changed",
  "conversation_expired",
  "unattributed_change",
  "consent_changed",
  "audit_viewed",
] as const satisfies AuditEventType[];

export type TrailFilters = {
  /** Whose conversations it is about. */
  about: string | null;
  session: string | null;
  /** Who did it; for administrators, as are the three below. */
  by: string | null;
  event: AuditEventType | null;
  /** Days of the reader's own calendar, `YYYY-MM-DD`, both included. */
  from: string | null;
  to: string | null;
};

export type TrailQuery = NonNullable<paths["/audit"]["get"]["parameters"]["query"]>;

const ID = /^[0-9A-Za-z-]{1,64}$/;

export function filtersOf(params: URLSearchParams): TrailFilters {
  return {
    about: matching(params.get("about"), ID),
    session: matching(params.get("session"), ID),
    by: matching(params.get("by"), ID),
    event: EVENTS.find((event) => event === params.get("event")) ?? null,
    from: dayOf(params.get("from")),
    to: dayOf(params.get("to")),
  };
}

export function searchOf(filters: TrailFilters): URLSearchParams {
  const given = Object.entries(filters).filter((pair): pair is [string, string] => !!pair[1]);
  return new URLSearchParams(given);
}

export function isNarrowed(filters: TrailFilters): boolean {
  return Object.values(filters).some((value) => value !== null);
}

/** What the server is asked; days end where they end for the reader. */
export function queryOf({ about, session, by, event, from, to }: TrailFilters): TrailQuery {
  return {
    ...(about && { targetUserId: about }),
    ...(session && { sessionId: session }),
    ...(by && { userId: by }),
    ...(event && { eventType: event }),
    ...datesOf({ from, to }),
  };
}

export function datesOf({ from, to }: Pick<TrailFilters, "from" | "to">) {
  return {
    ...(from && { startDate: new Date(`${from}T00:00:00.000`).toISOString() }),
    ...(to && { endDate: new Date(`${to}T23:59:59.999`).toISOString() }),
  };
}

function matching(text: string | null, pattern: RegExp): string | null {
  return text !== null && pattern.test(text) ? text : null;
}

function dayOf(text: string | null): string | null {
  const day = matching(text, /^\d{4}-\d{2}-\d{2}$/);
  return day !== null && !Number.isNaN(Date.parse(`${day}T00:00:00`)) ? day : null;
}
