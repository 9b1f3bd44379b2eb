// What a page of rows shows in place of them, or above them: loading, not reachable, not for this person.
import { CloudOff } from "lucide-react";
import { useLocation } from "react-router";
import { Unreachable } from "../api/problem";
import { m } from "../paraglide/messages.js";
import { useOnline } from "../shared/lib/useOnline";
import { Button, ButtonLink } from "../shared/ui/Button";
import { Notice } from "../shared/ui/Notice";
import { paths } from "./paths";

/** @param height as a row has it, so that nothing jumps when they come */
export function RowsLoading({ height = "h-20" }: { height?: string }) {
  return (
    <div role="status" aria-label={m.app_loading()} className="flex flex-col gap-3">
      {Array.from({ length: 6 }, (_, each) => (
        <div key={each} className={`skeleton rounded-3xl ${height}`} />
      ))}
    </div>
  );
}

type ProblemProps = { title: string; error: unknown; onRetry: () => void };

export function LoadProblem({ title, error, onRetry }: ProblemProps) {
  const isOffline = error instanceof Unreachable;
  return (
    <div role="alert" data-testid="list-problem">
      <Notice
        title={isOffline ? m.app_unreachable_title() : title}
        body={isOffline ? m.viewer_unreachable_body() : m.viewer_error_body()}
      >
        <Button onClick={onRetry}>{m.app_try_again()}</Button>
      </Notice>
    </div>
  );
}

export function OfflineNote() {
  const isOnline = useOnline();
  if (isOnline) return null;
  return (
    <p role="status" className="flex gap-2.5 rounded-2xl bg-sun-soft p-4 font-semibold">
      <CloudOff className="mt-0.5 size-5 shrink-0" aria-hidden />
      {m.history_offline()}
    </p>
  );
}

/** For visitors without an account; they come back here once they have signed in. */
export function SignInFirst({ title }: { title: string }) {
  const { pathname, search } = useLocation();
  return (
    <Notice title={title} body={m.viewer_sign_in_body()}>
      <ButtonLink to={paths.signIn} state={{ from: pathname + search }}>
        {m.signin_title()}
      </ButtonLink>
    </Notice>
  );
}

export function NotForYou({ title, body }: { title: string; body?: string }) {
  return (
    <Notice title={title} {...(body !== undefined && { body })}>
      <ButtonLink to={paths.animals}>{m.app_to_animals()}</ButtonLink>
    </Notice>
  );
}
