// What an entry holds besides, for administrators.
import type { AuditEntry } from "../../api/types";
import { m } from "../../paraglide/messages.js";

export function EntryDetails({ entry }: { entry: AuditEntry }) {
  const { action, reason, ipAddress, userAgent, logId, metadata } = entry;
  const rows: [string, string | number | undefined][] = [
    [m.trail_detail_action(), action],
    [m.trail_detail_refusal(), reason],
    [m.trail_detail_address(), ipAddress],
    [m.trail_detail_program(), userAgent],
    [m.trail_detail_format(), metadata?.format],
    [m.trail_detail_messages(), metadata?.messages],
    [m.trail_detail_digest(), metadata?.sha256],
    [m.trail_detail_id(), logId],
  ];
  return (
    <details className="text-sm">
      <summary className="inline-flex min-h-8 cursor-pointer items-center rounded-full font-bold text-forest underline underline-offset-4">
        {m.trail_details()}
      </summary>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {rows
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-soft">{name}</dt>
              <dd className="font-semibold wrap-anywhere">{value}</dd>
            </div>
          ))}
      </dl>
    </details>
  );
}
