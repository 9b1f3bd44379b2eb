import { ApiProblem } from "../../api/problem";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { FRESH } from "./useConversation";

type Props = { error: unknown; animalId: string; onRetry: () => void };

/** A stored conversation that could not be opened. */
export function OpenProblem({ error, animalId, onRetry }: Props) {
  const status = error instanceof ApiProblem ? error.status : null;
  if (status === 403) return <Ended title={m.chat_history_foreign()} animalId={animalId} />;
  if (status === 404 || status === 410 || status === 422) {
    return <Ended title={m.chat_history_gone()} animalId={animalId} />;
  }
  return (
    <Notice title={m.chat_history_error()}>
      <Button onClick={onRetry}>{m.app_try_again()}</Button>
    </Notice>
  );
}

function Ended({ title, animalId }: { title: string; animalId: string }) {
  return (
    <Notice title={title}>
      <ButtonLink to={paths.chat(animalId)} state={FRESH}>
        {m.chat_start_new()}
      </ButtonLink>
    </Notice>
  );
}
