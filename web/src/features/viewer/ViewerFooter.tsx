import { Download, MessageCircle, Printer, Share2, Trash2 } from "lucide-react";
import type { ComponentProps } from "react";
import type { History } from "../../api/types";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { tagOf } from "../../shared/lib/dates";
import { ButtonLink } from "../../shared/ui/Button";
import { seconds } from "./Details";
import type { Rights } from "./rights";
import type { Opened } from "./useHistory";

export type Action = "export" | "share" | "delete";

type Props = {
  opened: Opened;
  rights: Rights;
  /** A child need not count tokens. */
  showTokens: boolean;
  onAction: (action: Action) => void;
  onPrint: () => void;
};

export function ViewerFooter({ opened, rights, showTokens, onAction, onPrint }: Props) {
  return (
    <footer className="border-t border-line bg-surface px-3.5 pt-2.5 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6 print:border-0 print:bg-transparent print:p-0">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <Figures statistics={opened.statistics} showTokens={showTokens} />
        <div className="flex flex-1 items-center justify-end gap-1.5 print:hidden">
          {rights.resume && (
            <ButtonLink
              to={paths.chat(opened.animalId, opened.sessionId)}
              className="mr-auto min-h-11 px-4.5 whitespace-nowrap sm:mr-1.5"
            >
              <MessageCircle className="size-5" aria-hidden />
              {m.viewer_resume()}
            </ButtonLink>
          )}
          {rights.export && (
            <Tool
              testId="export-button"
              label={m.viewer_export()}
              onClick={() => onAction("export")}
            >
              <Download aria-hidden />
            </Tool>
          )}
          {rights.share && (
            <Tool testId="share-button" label={m.viewer_share()} onClick={() => onAction("share")}>
              <Share2 aria-hidden />
            </Tool>
          )}
          <Tool testId="print-button" label={m.viewer_print()} onClick={onPrint}>
            <Printer aria-hidden />
          </Tool>
          {rights.delete && (
            <Tool
              testId="delete-button"
              label={m.viewer_delete()}
              onClick={() => onAction("delete")}
            >
              <Trash2 aria-hidden />
            </Tool>
          )}
        </div>
      </div>
    </footer>
  );
}

type ToolProps = ComponentProps<"button"> & { label: string; testId: string };

/** A picture on a phone, with its word where there is room. */
function Tool({ label, testId, children, className, ...props }: ToolProps) {
  return (
    <button
      type="button"
      title={label}
      data-testid={testId}
      className={cn(
        "inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-full px-2.5 font-bold text-ink-soft transition-colors hover:bg-sunken hover:text-ink [&_svg]:size-5",
        className,
      )}
      {...props}
    >
      {children}
      <span className="max-md:sr-only">{label}</span>
    </button>
  );
}

type FiguresProps = { statistics: History["statistics"]; showTokens: boolean };

function Figures({ statistics, showTokens }: FiguresProps) {
  const { locale } = useLocale();
  const tag = tagOf(locale);
  const number = new Intl.NumberFormat(tag);
  const { userMessages, assistantMessages, averageResponseTime, totalTokens } = statistics;
  return (
    <dl
      data-testid="statistics"
      className="flex flex-wrap gap-x-4 text-sm text-ink-soft max-sm:w-full max-sm:justify-between"
    >
      <Figure name={m.viewer_questions()} value={number.format(userMessages)} />
      <Figure name={m.viewer_answers()} value={number.format(assistantMessages)} />
      {averageResponseTime > 0 && (
        <Figure name={m.viewer_average()} value={seconds(averageResponseTime, tag)} />
      )}
      {showTokens && (
        <Figure
          name={m.viewer_tokens()}
          value={number.format(totalTokens)}
          className="max-sm:hidden"
        />
      )}
    </dl>
  );
}

function Figure({ name, value, className }: { name: string; value: string; className?: string }) {
  return (
    <div className={cn("flex items-baseline gap-1.5", className)}>
      <dt>{name}</dt>
      <dd className="font-bold text-ink">{value}</dd>
    </div>
  );
}
