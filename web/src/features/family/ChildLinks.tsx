// Where a guardian goes from a child's card.
import { Database, Eye, FileCheck, History, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Link, type To } from "react-router";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Badge } from "../../shared/ui/Badge";
import { forChild } from "./family";
import { useActivity } from "./useFamily";

export function ChildLinks({ userId, name }: { userId: string; name: string }) {
  const { data } = useActivity(userId);
  const count = data?.unread ?? 0;
  const talks = m.family_talks_of({ name });
  const text = data?.orMore ? m.family_unread_more({ count }) : m.family_unread({ count });
  return (
    <div className="-mx-2 grid grid-cols-2 gap-x-1 border-t border-line pt-3">
      <OneLink
        to={{ pathname: paths.history, search: `?who=${userId}` }}
        label={count > 0 ? `${talks}, ${text}` : talks}
        Icon={History}
      >
        {m.family_talks()}
        {count > 0 && (
          <Badge tone="danger" testId="unread">
            {text}
          </Badge>
        )}
      </OneLink>
      <OneLink
        to={{ pathname: paths.trail, search: `?about=${userId}` }}
        label={m.family_trail_of({ name })}
        Icon={Eye}
      >
        {m.family_trail()}
      </OneLink>
      <OneLink
        to={forChild(paths.consent, userId)}
        label={m.consent_open_of({ name })}
        Icon={FileCheck}
      >
        {m.consent_open()}
      </OneLink>
      <OneLink
        to={forChild(paths.erasure, userId)}
        label={m.erase_open_of({ name })}
        Icon={Database}
      >
        {m.erase_open()}
      </OneLink>
    </div>
  );
}

type Props = { to: To; label: string; Icon: LucideIcon; children: ReactNode };

function OneLink({ to, label, Icon, children }: Props) {
  return (
    <Link
      to={to}
      aria-label={label}
      className="flex min-h-11 min-w-0 flex-wrap items-center gap-x-2 rounded-2xl px-2 py-1 font-bold text-forest hover:bg-sunken"
    >
      <Icon className="size-5 shrink-0" aria-hidden />
      {children}
    </Link>
  );
}
