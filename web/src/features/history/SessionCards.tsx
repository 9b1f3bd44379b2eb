import { m } from "../../paraglide/messages.js";
import { Portrait } from "../animals/Portrait";
import { OpenLink, Owner, When, Words, type OnPerson } from "./SessionParts";
import { useAvatar } from "./SessionTable";
import type { Session } from "./types";

type Props = { rows: Session[]; text: string; onPerson: OnPerson };

export function SessionCards({ rows, text, onPerson }: Props) {
  return (
    <ul aria-label={m.history_title()} className="flex flex-col gap-3">
      {rows.map((session) => (
        <Card key={session.sessionId} session={session} text={text} onPerson={onPerson} />
      ))}
    </ul>
  );
}

type RowProps = { session: Session; text: string; onPerson: OnPerson };

function Card({ session, text, onPerson }: RowProps) {
  const avatar = useAvatar(session.animalId);
  return (
    <li
      data-session={session.sessionId}
      className="relative flex items-start gap-3.5 rounded-3xl border border-line bg-surface p-4 shadow-lift"
    >
      <Portrait src={avatar} className="size-13" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-lg leading-snug">
          <OpenLink session={session} />
          <Owner session={session} onPerson={onPerson} />
        </div>
        <p className="text-sm text-ink-soft">
          <Words session={session} text={text} />
        </p>
        <p className="flex gap-3 text-sm font-semibold text-ink-soft">
          <When iso={session.lastActivity} />
          <span>{m.history_message_count({ count: session.messageCount })}</span>
        </p>
      </div>
    </li>
  );
}
