import { CloudOff, Hourglass, HeartHandshake, RotateCcw } from "lucide-react";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { useCountdown } from "../../shared/lib/useCountdown";
import { Button, ButtonLink } from "../../shared/ui/Button";
import type { Failure, FailureKind } from "./failure";
import { FRESH } from "./useConversation";

const KIND: Partial<Record<FailureKind, typeof Hourglass>> = {
  consent: HeartHandshake,
  paused: Hourglass,
  limit: Hourglass,
};

type Props = { animal: Animal; failure: Failure; onRetry: (() => void) | undefined };

export function TurnFailure({ animal, failure, onRetry }: Props) {
  // Nothing is broken then; someone has to say yes first, or it was a lot for a while.
  const KindIcon = KIND[failure.kind];
  const Icon = KindIcon ?? CloudOff;
  return (
    <div
      data-testid="turn-failure"
      data-kind={failure.kind}
      className={cn(
        "ml-11.5 flex max-w-[38rem] flex-wrap items-center justify-between gap-x-5 gap-y-3 rounded-3xl p-4",
        KindIcon ? "bg-sun-soft" : "bg-danger-soft text-danger",
      )}
    >
      <p role="alert" className="flex flex-1 basis-56 gap-3 font-semibold">
        <Icon className="mt-0.5 size-5 shrink-0" aria-hidden />
        {failureText(failure, animal.name)}
      </p>
      {failure.kind === "gone" && (
        <ButtonLink tone="quiet" to={paths.chat(animal.animalId)} state={FRESH}>
          {m.chat_start_new()}
        </ButtonLink>
      )}
      {failure.retryable && onRetry && (
        <RetryButton retryAt={failure.retryAt ?? 0} onRetry={onRetry} />
      )}
    </div>
  );
}

function RetryButton({ retryAt, onRetry }: { retryAt: number; onRetry: () => void }) {
  const left = useCountdown(retryAt);
  return (
    <Button
      tone="quiet"
      data-testid="retry-button"
      aria-disabled={left > 0}
      onClick={left > 0 ? undefined : onRetry}
      className="tabular-nums aria-disabled:text-ink-soft"
    >
      <RotateCcw className="size-5" aria-hidden />
      {left > 0 ? waitText(left) : m.chat_retry()}
    </Button>
  );
}

/** A day's limit can mean hours; nobody counts those in seconds. */
function waitText(seconds: number): string {
  if (seconds < 100) return m.chat_retry_in({ count: seconds });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return m.chat_retry_in_minutes({ count: minutes });
  return m.chat_retry_in_hours({ count: Math.ceil(minutes / 60) });
}

function failureText(failure: Failure, name: string): string {
  const texts = {
    unreachable: m.chat_error_unreachable,
    dropped: m.chat_error_dropped,
    busy: m.chat_error_busy,
    limit: m.chat_error_limit,
    consent: m.chat_error_consent,
    paused: m.chat_error_paused,
    refused: m.chat_error_refused,
    gone: m.chat_error_gone,
    rejected: m.chat_error_rejected,
    other: m.chat_error_other,
  };
  return texts[failure.kind]({ name });
}
