// What a row of the table and a card on a phone have in common.
import { UserRound } from "lucide-react";
import { Link, useLocation } from "react-router";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { formatAgo, formatDate, tagOf } from "../../shared/lib/dates";
import { useUser } from "../auth/useSession";
import { marked } from "./excerpt";
import { personText } from "./people";
import type { Session } from "./types";

export type OnPerson = ((userId: string) => void) | undefined;

/** Covers the whole row, so that a tap anywhere opens the conversation. */
export function OpenLink({ session }: { session: Session }) {
  const { search } = useLocation();
  return (
    <Link
      to={paths.viewer(session.sessionId)}
      state={{ search }}
      className="font-bold wrap-anywhere after:absolute after:inset-0 after:rounded-3xl"
    >
      {session.animalName}
      {session.unread === true && (
        <span
          data-testid="unread"
          className="ml-2 inline-block size-2.5 rounded-full bg-danger align-middle"
        >
          <span className="sr-only">{m.history_unread()}</span>
        </span>
      )}
    </Link>
  );
}

type OwnerProps = { session: Session; onPerson: OnPerson };

/** Whose it is, where it is somebody else's. Staff choose a person's conversations by it. */
export function Owner({ session, onPerson }: OwnerProps) {
  const user = useUser();
  const { userId, displayName } = session;
  if (userId === user?.userId) return null;
  const name = displayName ?? personText(userId);
  const content = (
    <>
      <UserRound className="size-4 shrink-0" aria-hidden />
      {name}
    </>
  );
  if (!onPerson) {
    return (
      <span data-testid="owner" className={`${BADGE} py-0.5`}>
        {content}
      </span>
    );
  }
  return (
    <button
      type="button"
      data-testid="owner"
      title={m.history_only_person()}
      onClick={() => onPerson(userId)}
      className={`${BADGE} relative z-10 min-h-8 hover:underline`}
    >
      {content}
    </button>
  );
}

const BADGE =
  "inline-flex w-max max-w-full items-center gap-1.5 rounded-full bg-sun-soft px-2.5 text-sm font-bold wrap-anywhere";

/** What was found, or how the conversation ended; nothing for whoever is told no words. */
export function Words({ session, text }: { session: Session; text: string }) {
  const { match, lastMessage } = session;
  if (match) {
    return (
      <span data-testid="excerpt" className="line-clamp-2 wrap-anywhere">
        {marked(match.excerpt, text).map(({ text, isMatch }, index) =>
          isMatch ? (
            <mark key={index} className="rounded-sm bg-sun px-0.5 text-scene dark:text-on-forest">
              {text}
            </mark>
          ) : (
            text
          ),
        )}
      </span>
    );
  }
  if (lastMessage === undefined) return null;
  return <span className="line-clamp-1 wrap-anywhere">{lastMessage}</span>;
}

export function When({ iso }: { iso: string }) {
  const { locale } = useLocale();
  return (
    <time dateTime={iso} title={formatDate(iso, "full", locale)}>
      {formatAgo(iso, Date.now(), locale)}
    </time>
  );
}

export function Duration({ session }: { session: Session }) {
  const { locale } = useLocale();
  const minutes = (Date.parse(session.lastActivity) - Date.parse(session.startTime)) / 60_000;
  return durationText(minutes, tagOf(locale));
}

export function durationText(minutes: number, tag: string): string {
  const [value, unit] =
    minutes < 60
      ? [Math.max(1, Math.round(minutes)), "minute"]
      : minutes < 1440
        ? [Math.round(minutes / 60), "hour"]
        : [Math.round(minutes / 1440), "day"];
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" }).format(value);
}
