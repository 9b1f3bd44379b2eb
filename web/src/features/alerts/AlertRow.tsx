import { Eye, History, TriangleAlert } from "lucide-react";
import { Link } from "react-router";
import type { Alert } from "../../api/types";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { Badge } from "../../shared/ui/Badge";
import { roleName } from "../accounts/roles";
import { personText } from "../history/people";

type Props = {
  alert: Alert;
  /** Only they see the entries of others. */
  isAdministrator: boolean;
};

export function AlertRow({ alert, isAdministrator }: Props) {
  const { locale } = useLocale();
  const { kind, userId, role, lastAt, count, orMore } = alert;
  return (
    <li
      data-alert={kind}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-3xl border border-line bg-surface px-5 py-3.5"
    >
      <TriangleAlert className="size-6 shrink-0 text-danger" aria-hidden />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-bold wrap-anywhere">
          {kindText(kind)}
          <Badge testId="count">
            {orMore ? m.alerts_count_more({ count }) : m.alerts_count({ count })}
          </Badge>
        </p>
        <p className="text-sm text-ink-soft">
          <span data-testid="by">
            {userId === undefined ? m.alerts_nobody() : personText(userId)}
            {role && ` · ${roleName(role)}`}
          </span>
          {" · "}
          <time dateTime={lastAt} title={formatDate(lastAt, "full", locale)}>
            {formatDate(lastAt, "moment", locale)}
          </time>
        </p>
      </div>
      {userId !== undefined && <Further userId={userId} isAdministrator={isAdministrator} />}
    </li>
  );
}

const LINK =
  "inline-flex min-h-11 items-center gap-2 rounded-full px-3 font-bold text-forest hover:bg-sunken [&_svg]:size-5";

function Further({ userId, isAdministrator }: { userId: string; isAdministrator: boolean }) {
  return isAdministrator ? (
    <Link to={{ pathname: paths.trail, search: `?by=${userId}` }} className={LINK}>
      <Eye aria-hidden />
      {m.alerts_entries()}
    </Link>
  ) : (
    <Link to={{ pathname: paths.history, search: `?who=${userId}` }} className={LINK}>
      <History aria-hidden />
      {m.alerts_person()}
    </Link>
  );
}

function kindText(kind: Alert["kind"]): string {
  const texts = {
    access_denied: m.alerts_access_denied,
    denial_burst: m.alerts_denial_burst,
    bulk_reading: m.alerts_bulk_reading,
    odd_hours: m.alerts_odd_hours,
    unattributed_change: m.alerts_unattributed_change,
    quarantined: m.alerts_quarantined,
  };
  return texts[kind]();
}
