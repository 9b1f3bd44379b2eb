import { CircleCheck, Download, Timer } from "lucide-react";
import { save } from "../../api/download";
import type { Receipt } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import type { Locale } from "../../paraglide/runtime.js";
import { cn } from "../../shared/lib/cn";
import { formatDate, tagOf } from "../../shared/lib/dates";
import { Button } from "../../shared/ui/Button";

type Props = { receipt: Receipt; isSignedIn: boolean };

export function ReceiptView({ receipt, isSignedIn }: Props) {
  const { locale } = useLocale();
  const { receiptId, status, what, requestedAt, completedAt, counts } = receipt;
  const isDone = status === "completed";
  const Icon = isDone ? CircleCheck : Timer;
  return (
    <>
      <section
        role="status"
        data-testid="receipt"
        data-status={status}
        className={cn(
          "flex gap-3 rounded-4xl p-5 sm:p-6",
          isDone ? "bg-leaf" : "border-2 border-amber bg-sun-soft",
        )}
      >
        <Icon className={cn("mt-0.5 size-6 shrink-0", isDone && "text-forest")} aria-hidden />
        <div>
          <h2 className="text-xl font-semibold">{titleOf(receipt, locale)}</h2>
          {completedAt !== undefined && (
            <p>{m.receipt_done_at({ time: formatDate(completedAt, "full", locale) })}</p>
          )}
          {isDone && what === "account" && !isSignedIn && (
            <p className="mt-2 font-semibold">{m.receipt_keep()}</p>
          )}
        </div>
      </section>
      {isDone && counts && <Destroyed counts={counts} locale={locale} />}
      <dl className="flex flex-col gap-2 px-1">
        <Row name={m.receipt_requested()}>{formatDate(requestedAt, "moment", locale)}</Row>
        <Row name={m.receipt_number()}>{receiptId}</Row>
      </dl>
      {receipt.receipt !== undefined && <Signed id={receiptId} signed={receipt.receipt} />}
    </>
  );
}

function titleOf({ status, what, destroyAt }: Receipt, locale: Locale): string {
  if (status === "completed") {
    return what === "account" ? m.receipt_done_account() : m.receipt_done_conversations();
  }
  if (status === "running") return m.receipt_running();
  if (status === "asked") return m.receipt_asked();
  return m.receipt_pending({ time: formatDate(destroyAt ?? "", "moment", locale) });
}

type DestroyedProps = { counts: NonNullable<Receipt["counts"]>; locale: Locale };

function Destroyed({ counts, locale }: DestroyedProps) {
  const numbers = new Intl.NumberFormat(tagOf(locale));
  const rows = [
    { name: m.receipt_sessions(), count: counts.sessions },
    { name: m.receipt_messages(), count: counts.messages },
    { name: m.receipt_turns(), count: counts.turns },
    { name: m.receipt_keys(), count: counts.keys },
  ];
  return (
    <section className="rounded-4xl border border-line bg-surface p-5 sm:p-6">
      <h2 className="text-xl font-semibold">{m.receipt_destroyed()}</h2>
      <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4" data-testid="counts">
        {rows.map(({ name, count }) => (
          <div key={name} className="flex flex-col-reverse justify-end">
            <dt className="text-sm text-ink-soft">{name}</dt>
            <dd className="text-3xl font-semibold tabular-nums">{numbers.format(count)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Row({ name, children }: { name: string; children: string }) {
  return (
    <div className="flex flex-wrap gap-x-3">
      <dt className="min-w-28 text-ink-soft">{name}</dt>
      <dd className="font-semibold wrap-anywhere">{children}</dd>
    </div>
  );
}

function Signed({ id, signed }: { id: string; signed: string }) {
  const address = `${location.origin}/api/.well-known/jwks.json`;
  const download = () => save(new Blob([signed], { type: "application/jwt" }), `erasure-${id}.jwt`);
  return (
    <section className="flex flex-col gap-3 px-1">
      <Button data-testid="save-receipt" onClick={download} className="self-start">
        <Download className="size-5" aria-hidden />
        {m.receipt_download()}
      </Button>
      <p className="text-ink-soft wrap-anywhere">
        {m.receipt_verify({ address })} {m.receipt_private()}
      </p>
    </section>
  );
}
