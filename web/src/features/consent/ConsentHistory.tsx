import type { Consent } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { useUser } from "../auth/useSession";
import { isNothing } from "./consent";
import { methodText, scopesText } from "./words";

/** What was said, the latest first. */
export function ConsentHistory({ consent }: { consent: Consent }) {
  const { locale } = useLocale();
  const user = useUser();
  const { history, hasMore } = consent;
  if (history.length === 0) return null;
  return (
    <section className="flex flex-col gap-2 px-1">
      <h2 className="text-xl font-semibold">{m.consent_history()}</h2>
      <ol className="flex flex-col divide-y divide-line text-sm" data-testid="consent-history">
        {history.map(({ changeId, guardianId, scopes, method, noticeVersion, changedAt }) => {
          const notes = [
            method && methodText(method),
            noticeVersion && m.consent_notice_version({ version: noticeVersion }),
            guardianId !== user?.userId && m.consent_history_other(),
          ];
          return (
            <li key={changeId} className="flex flex-col gap-x-4 py-2.5 sm:flex-row">
              <span className="shrink-0 text-ink-soft sm:w-44">
                {changedAt && formatDate(changedAt, "moment", locale)}
              </span>
              <span className="min-w-0 wrap-anywhere">
                <span className="font-bold">
                  {isNothing(scopes) ? m.consent_history_none() : scopesText(scopes, locale)}
                </span>{" "}
                <span className="text-ink-soft">{notes.filter((note) => note).join(" · ")}</span>
              </span>
            </li>
          );
        })}
      </ol>
      {hasMore && <p className="text-sm text-ink-soft">{m.consent_history_more()}</p>}
    </section>
  );
}
