import { ReceiptText } from "lucide-react";
import { Link } from "react-router";
import { useLocale } from "../../app/locale";
import { LoadProblem, RowsLoading } from "../../app/PageStates";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { ErasureCard } from "./ErasureCard";
import { useErasing, type Subject } from "./useErasing";
import { useReceipts } from "./useReceipts";
import { SCOPES, isRunning, type Scope } from "./wishes";
import { scopeTitle } from "./words";

type Props = { subject: Subject; scopes?: Scope[] };

export function ErasureCards({ subject, scopes = SCOPES }: Props) {
  const { data, error, isPending, refetch } = useErasing(subject.userId);
  if (isPending) return <RowsLoading height="h-40" />;
  if (!data) {
    return <LoadProblem title={m.erase_error()} error={error} onRetry={() => void refetch()} />;
  }
  return (
    <>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {scopes.map((scope) => (
          <ErasureCard key={scope} subject={subject} scope={scope} standing={data[scope]} />
        ))}
      </div>
      <Receipts userId={subject.userId} isRunning={isRunning(data)} />
    </>
  );
}

function Receipts({ userId, isRunning }: { userId: string; isRunning: boolean }) {
  const { locale } = useLocale();
  const { data: receipts, error, refetch } = useReceipts(userId, isRunning);
  if (error) {
    return <LoadProblem title={m.receipts_error()} error={error} onRetry={() => void refetch()} />;
  }
  if (!receipts || receipts.length === 0) return null;
  return (
    <section className="flex flex-col gap-2 px-1">
      <h2 className="text-xl font-semibold">{m.receipts_title()}</h2>
      <ul className="flex flex-col" data-testid="receipts">
        {receipts.map(({ receiptId, what, at }) => (
          <li key={receiptId}>
            <Link
              to={`${paths.receipt}#${receiptId}`}
              className="-mx-2 inline-flex min-h-11 items-center gap-2 rounded-full px-2 font-bold text-forest hover:bg-sunken"
            >
              <ReceiptText className="size-5 shrink-0" aria-hidden />
              {scopeTitle(what)}
              <span className="font-normal text-ink-soft">{formatDate(at, "moment", locale)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
