// What gave alarm, for zookeepers and administrators.
import { BellOff } from "lucide-react";
import { ApiProblem } from "../../api/problem";
import { PageFrame } from "../../app/PageFrame";
import { LoadProblem, NotForYou, OfflineNote, RowsLoading } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useUser } from "../auth/useSession";
import { AlertRow } from "./AlertRow";
import { useAlerts } from "./useAlerts";

export default function AlertsPage() {
  const user = useUser();
  const isStaff = user?.role === "zookeeper" || user?.role === "administrator";
  return (
    <PageFrame title={m.alerts_title()} {...(isStaff && { intro: m.alerts_intro() })}>
      {isStaff ? (
        <div className="flex flex-col gap-5">
          <OfflineNote />
          <Alerts isAdministrator={user.role === "administrator"} />
        </div>
      ) : (
        <NotForYou title={m.alerts_refused()} />
      )}
    </PageFrame>
  );
}

function Alerts({ isAdministrator }: { isAdministrator: boolean }) {
  const list = useAlerts();
  if (list.isPending) return <RowsLoading height="h-24" />;
  if (!list.data) {
    // The role of the account counts, and it may have been taken away since.
    if (list.error instanceof ApiProblem && list.error.status === 403) {
      return <NotForYou title={m.alerts_refused()} />;
    }
    const retry = () => void list.refetch();
    return <LoadProblem title={m.alerts_error()} error={list.error} onRetry={retry} />;
  }
  const alerts = list.data.pages.flatMap(({ alerts }) => alerts);
  return (
    <>
      {alerts.length === 0 && (
        <div data-testid="empty-state" className="flex flex-col items-center pt-8">
          <BellOff className="size-14 text-ink-soft" aria-hidden />
          <Notice
            title={m.alerts_none_title()}
            body={list.hasNextPage ? m.alerts_none_here() : m.alerts_none_body()}
          />
        </div>
      )}
      <ol aria-label={m.alerts_list()} className="flex flex-col gap-2.5 empty:hidden">
        {alerts.map((alert) => (
          <AlertRow key={alert.alertId} alert={alert} isAdministrator={isAdministrator} />
        ))}
      </ol>
      {list.hasNextPage && (
        <Button
          tone="quiet"
          aria-disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          className="self-center"
        >
          {m.app_more()}
        </Button>
      )}
    </>
  );
}
