// Whether the trail is whole, asked for by hand and said plainly.
import { ShieldAlert, ShieldCheck } from "lucide-react";
import type { AuditReport } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { formatDate, tagOf } from "../../shared/lib/dates";
import { Button } from "../../shared/ui/Button";
import { FormError } from "../../shared/ui/Field";
import type { TrailFilters } from "./filters";
import { flawText, shortId } from "./words";
import { useVerify } from "./useTrail";

type Props = Pick<TrailFilters, "from" | "to">;

export function VerifyPanel({ from, to }: Props) {
  const verify = useVerify();
  const isNarrowed = from !== null || to !== null;
  return (
    <section
      aria-labelledby="verify"
      className="flex flex-col gap-3 rounded-4xl border border-line bg-surface p-5"
    >
      <h2 id="verify" className="text-xl font-semibold">
        {m.trail_verify_title()}
      </h2>
      <p className="text-sm text-ink-soft">
        {m.trail_verify_body()} {isNarrowed && m.trail_verify_dates()}
      </p>
      <Button
        tone="quiet"
        data-testid="verify"
        aria-disabled={verify.isPending}
        onClick={() => !verify.isPending && verify.mutate({ from, to })}
      >
        {verify.isPending ? m.trail_verifying() : m.trail_verify()}
      </Button>
      <div role="status" className="empty:absolute">
        {verify.data && !verify.isPending && <Report report={verify.data} />}
      </div>
      <FormError text={verify.isError ? m.trail_verify_error() : null} />
    </section>
  );
}

function Report({ report }: { report: AuditReport }) {
  const { locale } = useLocale();
  const { verified, entries, until, firstBroken } = report;
  const Icon = verified ? ShieldCheck : ShieldAlert;
  const count = new Intl.NumberFormat(tagOf(locale)).format(entries);
  return (
    <div
      data-testid="report"
      data-verified={verified}
      className={cn(
        "flex flex-col gap-1.5 rounded-2xl p-4",
        verified ? "bg-leaf" : "bg-danger-soft text-danger",
      )}
    >
      <p className="flex items-center gap-2 text-lg font-bold">
        <Icon className="size-6 shrink-0" aria-hidden />
        {verified ? m.trail_whole() : m.trail_broken()}
      </p>
      {verified && <p>{m.trail_whole_body({ count })}</p>}
      {firstBroken && (
        <p className="font-semibold wrap-anywhere">
          {m.trail_broken_at({ block: firstBroken.block })} {flawText(firstBroken.flaw)}
          {firstBroken.logId !== undefined && ` (${shortId(firstBroken.logId)})`}
        </p>
      )}
      {until !== undefined && (
        <p className="text-sm">
          {m.trail_whole_until({ time: formatDate(until, "moment", locale) })}
        </p>
      )}
    </div>
  );
}
