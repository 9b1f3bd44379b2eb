// How consent stands, in words: what for, since when, by which method, under which notice.
import { CircleAlert, CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { Consent } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { formatDate } from "../../shared/lib/dates";
import { standingOf, type Standing } from "./consent";
import { methodText, scopesText } from "./words";

type Props = { consent: Consent; name: string };

export function ConsentState({ consent, name }: Props) {
  const { locale } = useLocale();
  const { scopes, method, noticeVersion, changedAt } = consent;
  const standing = standingOf(consent);
  const isGiven = standing === "given";
  const Icon = isGiven ? CircleCheck : CircleAlert;
  const body = bodyOf(standing);
  return (
    <section
      aria-labelledby="standing"
      data-testid="consent-state"
      data-standing={standing}
      className={cn(
        "flex flex-col gap-3 rounded-4xl p-5 sm:p-6",
        isGiven ? "bg-leaf" : "border-2 border-amber bg-sun-soft",
      )}
    >
      <div className="flex gap-3">
        <Icon className={cn("mt-0.5 size-6 shrink-0", isGiven && "text-forest")} aria-hidden />
        <div>
          <h2 id="standing" className="text-xl font-semibold wrap-anywhere">
            {titleOf(standing, name)}
          </h2>
          {body !== null && <p>{body}</p>}
        </div>
      </div>
      {standing !== "none" && (
        <dl className="grid grid-cols-1 gap-x-6 gap-y-2 sm:grid-cols-2 lg:grid-cols-4">
          <Fact name={m.consent_fact_what()}>{scopesText(scopes, locale)}</Fact>
          {changedAt && (
            <Fact name={m.consent_fact_since()}>{formatDate(changedAt, "moment", locale)}</Fact>
          )}
          {method && <Fact name={m.consent_fact_method()}>{methodText(method)}</Fact>}
          {noticeVersion && (
            <Fact name={m.consent_fact_notice()}>
              {m.consent_version({ version: noticeVersion })}
            </Fact>
          )}
        </dl>
      )}
    </section>
  );
}

function titleOf(standing: Standing, name: string): string {
  if (standing === "given") return m.consent_state_given({ name });
  return standing === "again" ? m.consent_state_again() : m.consent_state_none({ name });
}

function bodyOf(standing: Standing): string | null {
  const bodies = {
    given: null,
    part: m.consent_state_part_body,
    none: m.consent_state_none_body,
    again: m.consent_state_again_body,
  };
  return bodies[standing]?.() ?? null;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-ink-soft">{name}</dt>
      <dd className="font-bold wrap-anywhere">{children}</dd>
    </div>
  );
}
