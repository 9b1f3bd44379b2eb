// On a child's card: what it wishes to have erased, or what will be.
import { Eraser } from "lucide-react";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { ButtonLink } from "../../shared/ui/Button";
import { forChild } from "../family/family";
import { useErasing } from "./useErasing";
import { SCOPES } from "./wishes";
import { comingText, pendingText, wishText } from "./words";

export function WishNote({ childId, name }: { childId: string; name: string }) {
  const { locale } = useLocale();
  const { data } = useErasing(childId);
  if (!data) return null;
  const to = forChild(paths.erasure, childId);
  return SCOPES.map((scope) => {
    const standing = data[scope];
    if (standing.is === "none") return null;
    const isAsked = standing.is === "asked";
    return (
      <div
        key={scope}
        data-wish={scope}
        className="flex flex-wrap items-center gap-3 rounded-2xl border-2 border-amber bg-sun-soft p-4"
      >
        <Eraser className="size-6 shrink-0" aria-hidden />
        <div className="min-w-48 flex-1 wrap-anywhere">
          <p className="font-semibold">
            {isAsked ? wishText(scope, name) : comingText(scope, name)}
          </p>
          {standing.is === "pending" && (
            <p className="text-sm">{pendingText(standing.destroyAt, locale)}</p>
          )}
        </div>
        <ButtonLink
          tone="quiet"
          to={to}
          aria-label={isAsked ? m.erase_decide_of({ name }) : m.erase_look_of({ name })}
        >
          {isAsked ? m.erase_decide() : m.erase_look()}
        </ButtonLink>
      </div>
    );
  });
}
