// Consent on a child's card: how it stands, and a way to it where the child cannot talk without.
import { CircleAlert } from "lucide-react";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { ButtonLink } from "../../shared/ui/Button";
import { forChild } from "../family/family";
import { standingOf } from "./consent";
import { useConsent } from "./useConsent";
import { consentText, saidText } from "./words";

export function ConsentFact({ childId }: { childId: string }) {
  const { locale } = useLocale();
  const { data, isPending } = useConsent(childId);
  if (isPending) return <span className="skeleton block h-6 w-24 rounded-full" />;
  return (
    <>
      <span data-testid="consent">{data ? consentText(data) : m.family_last_unknown()}</span>
      {data && standingOf(data) !== "none" && (
        <span data-testid="consent-said" className="block text-sm font-normal text-ink-soft">
          {saidText(data, locale)}
        </span>
      )}
    </>
  );
}

export function ConsentNeeded({ childId, name }: { childId: string; name: string }) {
  const { data } = useConsent(childId);
  if (!data) return null;
  const standing = standingOf(data);
  if (standing === "given") return null;
  const isAgain = standing === "again";
  return (
    <div
      data-testid="consent-needed"
      className="flex flex-wrap items-center gap-3 rounded-2xl border-2 border-amber bg-sun-soft p-4"
    >
      <CircleAlert className="size-6 shrink-0" aria-hidden />
      <p className="min-w-48 flex-1 font-semibold wrap-anywhere">
        {isAgain ? m.consent_needed_again({ name }) : m.consent_needed({ name })}
      </p>
      <ButtonLink to={forChild(paths.consent, childId)} aria-label={m.consent_give_of({ name })}>
        {m.consent_give()}
      </ButtonLink>
    </div>
  );
}
