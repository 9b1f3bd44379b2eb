import { CloudOff, RotateCcw } from "lucide-react";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import type { Failure } from "./turn";

type Props = { animal: Animal; failure: Failure; onRetry: (() => void) | undefined };

export function TurnFailure({ animal, failure, onRetry }: Props) {
  return (
    <div
      role="alert"
      className="ml-11.5 flex max-w-[38rem] flex-wrap items-center justify-between gap-x-5 gap-y-3 rounded-3xl bg-danger-soft p-4"
    >
      <p className="flex flex-1 basis-56 gap-3 font-semibold text-danger">
        <CloudOff className="mt-0.5 size-5 shrink-0" aria-hidden />
        {failureText(failure, animal.name)}
      </p>
      {failure.kind === "gone" && (
        <ButtonLink tone="quiet" to={paths.chat(animal.animalId)}>
          {m.chat_start_new()}
        </ButtonLink>
      )}
      {failure.retryable && onRetry && (
        <Button tone="quiet" data-testid="retry-button" onClick={onRetry}>
          <RotateCcw className="size-5" aria-hidden />
          {m.chat_retry()}
        </Button>
      )}
    </div>
  );
}

function failureText(failure: Failure, name: string): string {
  const texts = {
    unreachable: m.chat_error_unreachable,
    dropped: m.chat_error_dropped,
    busy: m.chat_error_busy,
    refused: m.chat_error_refused,
    gone: m.chat_error_gone,
    rejected: m.chat_error_rejected,
    other: m.chat_error_other,
  };
  return texts[failure.kind]({ name });
}
