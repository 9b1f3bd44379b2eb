import { ArrowLeft, Eye, Link2, UserRound } from "lucide-react";
import { Link, useLocation } from "react-router";
import type { Animal } from "../../api/types";
import { SettingsMenu } from "../../app/SettingsMenu";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { usePageTitle } from "../../shared/lib/usePageTitle";
import { iconButton } from "../../shared/ui/IconButton";
import { Portrait } from "../animals/Portrait";
import type { Opened } from "./useHistory";

type Props = {
  opened: Opened | null;
  animal: Animal | undefined;
  /** Whose conversation it is, where it is not the reader's own. */
  owner: string | null;
  byLink: boolean;
  /** Whether the reader may know who else has read it. */
  hasTrail: boolean;
};

export function ViewerHeader({ opened, animal, owner, byLink, hasTrail }: Props) {
  const { locale } = useLocale();
  const title = opened?.animalName ?? m.viewer_title();
  const heading = usePageTitle(title);
  return (
    <header className="border-b border-line bg-surface px-2 py-2.5 sm:px-5 print:border-0 print:bg-transparent print:pb-6">
      <div className="flex items-center gap-2.5">
        <Back />
        {opened && <Portrait src={animal?.avatar} className="size-12 max-[22rem]:hidden" />}
        <div className="min-w-0 flex-1">
          <h1
            ref={heading}
            tabIndex={-1}
            className="text-lg leading-tight font-semibold wrap-anywhere sm:text-xl"
          >
            {title}
          </h1>
          {opened && (
            <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-ink-soft">
              <time dateTime={opened.startTime}>
                {formatDate(opened.startTime, "moment", locale)}
              </time>
              {owner !== null && (
                <span
                  data-testid="session-owner"
                  className="inline-flex items-center gap-1.5 rounded-full bg-sun-soft px-2.5 py-0.5 font-bold text-ink"
                >
                  {byLink ? (
                    <Link2 className="size-4" aria-hidden />
                  ) : (
                    <UserRound className="size-4" aria-hidden />
                  )}
                  {owner}
                </span>
              )}
            </p>
          )}
        </div>
        {opened && hasTrail && (
          <Link
            to={{ pathname: paths.trail, search: `?session=${opened.sessionId}` }}
            title={m.trail_title()}
            data-testid="trail-link"
            className="inline-flex min-h-11 min-w-11 shrink-0 items-center justify-center gap-2 rounded-full font-bold text-ink-soft transition-colors hover:bg-sunken hover:text-ink sm:px-4 print:hidden"
          >
            <Eye className="size-6 sm:size-5" aria-hidden />
            <span className="max-sm:sr-only">{m.trail_title()}</span>
          </Link>
        )}
        <div className="print:hidden">
          <SettingsMenu />
        </div>
      </div>
    </header>
  );
}

/** Back to the list as it was left. */
function Back() {
  const state: unknown = useLocation().state;
  const search = (state as { search?: unknown } | null)?.search;
  return (
    <Link
      to={{ pathname: paths.history, search: typeof search === "string" ? search : "" }}
      aria-label={m.viewer_back()}
      data-testid="back-button"
      className={`${iconButton} print:hidden`}
    >
      <ArrowLeft aria-hidden />
    </Link>
  );
}
