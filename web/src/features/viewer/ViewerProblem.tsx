import { ApiProblem, Unreachable } from "../../api/problem";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";

type Props = { error: unknown; byLink: boolean; onRetry: () => void };

/** A conversation that could not be opened: why, and what to do now. */
export function ViewerProblem({ error, byLink, onRetry }: Props) {
  const status = error instanceof ApiProblem ? error.status : null;
  const text = textOf(error, status, byLink);
  const isFinal = status === 403 || status === 404 || status === 410;
  return (
    <div role="alert" data-testid="viewer-problem" data-status={status ?? "unreachable"}>
      <Notice title={text.title} body={text.body}>
        {isFinal ? (
          <ButtonLink to={paths.history}>{m.viewer_to_history()}</ButtonLink>
        ) : (
          <Button onClick={onRetry}>{m.app_try_again()}</Button>
        )}
      </Notice>
    </div>
  );
}

function textOf(error: unknown, status: number | null, byLink: boolean) {
  if (status === 403 && byLink) {
    return { title: m.viewer_link_over_title(), body: m.viewer_link_over_body() };
  }
  if (status === 403) return { title: m.chat_history_foreign(), body: m.viewer_foreign_body() };
  if (status === 404) return { title: m.chat_history_gone(), body: m.viewer_gone_body() };
  if (status === 410) return { title: m.viewer_erased_title(), body: m.viewer_erased_body() };
  if (error instanceof Unreachable) {
    return { title: m.app_unreachable_title(), body: m.viewer_unreachable_body() };
  }
  return { title: m.chat_history_error(), body: m.viewer_error_body() };
}
