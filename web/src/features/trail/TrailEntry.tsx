// One entry: what happened, who did it, whose it is, and why.
import { MessageCircle, ShieldX, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { AuditEntry } from "../../api/types";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { formatAgo, formatDate } from "../../shared/lib/dates";
import { Badge } from "../../shared/ui/Badge";
import { roleName } from "../accounts/roles";
import { personText } from "../history/people";
import { EntryDetails } from "./EntryDetails";
import type { Names } from "./TrailList";
import type { TrailFilters } from "./filters";
import { byText, didText, shortId } from "./words";

type Props = {
  entry: AuditEntry;
  count: number;
  names: Names;
  ownId: string;
  onChange: ((change: Partial<TrailFilters>) => void) | undefined;
};

export function TrailEntry({ entry, count, names, ownId, onChange }: Props) {
  const { timestamp, result, accessReason, sessionId, eventType } = entry;
  const isRefused = result === "failure";
  return (
    <li
      data-entry={eventType}
      className="flex flex-col gap-1.5 rounded-3xl border border-line bg-surface px-5 py-3.5"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="flex flex-wrap items-center gap-2 font-bold wrap-anywhere">
          {isRefused && <ShieldX className="size-5 text-danger" aria-hidden />}
          {didText(entry)}
          {count > 1 && <Badge testId="times">{m.trail_times({ count })}</Badge>}
          {isRefused && eventType !== "unauthorized_access_attempt" && (
            <Badge tone="danger">{m.trail_failed()}</Badge>
          )}
        </p>
        <When iso={timestamp} isExact={onChange !== undefined} />
      </div>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5 text-sm">
        {onChange ? (
          <Ids entry={entry} ownId={ownId} onChange={onChange} />
        ) : (
          <Plain entry={entry} names={names} ownId={ownId} />
        )}
        {!onChange && sessionId !== undefined && eventType !== "conversation_deleted" && (
          <Link
            to={paths.viewer(sessionId)}
            className="inline-flex min-h-8 items-center rounded-full px-1 font-bold text-forest underline underline-offset-4"
          >
            {m.trail_one_open()}
          </Link>
        )}
      </div>
      {accessReason !== undefined && (
        <p data-testid="reason" className="rounded-2xl bg-sunken px-4 py-2.5 wrap-anywhere">
          <span className="text-sm font-semibold text-ink-soft">{m.trail_reason()}: </span>
          {accessReason}
        </p>
      )}
      {onChange && <EntryDetails entry={entry} />}
    </li>
  );
}

function When({ iso, isExact }: { iso: string; isExact: boolean }) {
  const { locale } = useLocale();
  return (
    <time
      dateTime={iso}
      title={formatDate(iso, "full", locale)}
      className="text-sm whitespace-nowrap text-ink-soft"
    >
      {isExact ? formatDate(iso, "moment", locale) : formatAgo(iso, Date.now(), locale)}
    </time>
  );
}

type PlainProps = Pick<Props, "entry" | "names" | "ownId">;

/** As people are called by those who know them. */
function Plain({ entry, names, ownId }: PlainProps) {
  const { by, userId, targetUserId } = entry;
  const own = names.size > 0 ? m.trail_of_own() : null;
  const whose = targetUserId === ownId ? own : targetUserId && names.get(targetUserId);
  const child = by === "your child" && userId !== undefined ? names.get(userId) : undefined;
  return (
    <>
      <span data-testid="by" className="inline-flex items-center gap-1.5 font-semibold">
        <UserRound className="size-4 shrink-0 text-ink-soft" aria-hidden />
        {child ?? byText(by)}
      </span>
      {whose && <Badge testId="whose">{whose}</Badge>}
    </>
  );
}

type IdsProps = Pick<Props, "entry" | "ownId"> & {
  onChange: (change: Partial<TrailFilters>) => void;
};

/** As ids, each of which narrows the list to it. */
function Ids({ entry, ownId, onChange }: IdsProps) {
  const { userId, role, targetUserId, sessionId } = entry;
  return (
    <>
      {userId === undefined ? (
        <span className="font-semibold">{m.trail_by_nobody()}</span>
      ) : (
        <Narrow title={m.trail_only_actor()} onClick={() => onChange({ by: userId })}>
          <UserRound className="size-4" aria-hidden />
          {userId === ownId ? m.trail_by_you() : personText(userId)}
          {role && ` · ${roleName(role)}`}
        </Narrow>
      )}
      {targetUserId !== undefined && targetUserId !== userId && (
        <Narrow title={m.trail_only_target()} onClick={() => onChange({ about: targetUserId })}>
          {m.trail_about({ who: personText(targetUserId) })}
        </Narrow>
      )}
      {sessionId !== undefined && (
        <Narrow title={m.trail_only_session()} onClick={() => onChange({ session: sessionId })}>
          <MessageCircle className="size-4" aria-hidden />
          {shortId(sessionId)}
        </Narrow>
      )}
    </>
  );
}

type NarrowProps = { title: string; onClick: () => void; children: ReactNode };

function Narrow({ title, onClick, children }: NarrowProps) {
  return (
    <button
      type="button"
      title={title}
      onClick={onClick}
      className="inline-flex min-h-8 items-center gap-1.5 rounded-full bg-sun-soft px-2.5 font-bold wrap-anywhere hover:underline"
    >
      {children}
    </button>
  );
}
