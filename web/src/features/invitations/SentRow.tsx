import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { Button } from "../../shared/ui/Button";
import { FormError } from "../../shared/ui/Field";
import type { Sent } from "./invitations";
import { answerErrorText, useAnswer } from "./useInvitations";

type Props = { invitation: Sent; onSaid: (text: string | null) => void };

export function SentRow({ invitation, onSaid }: Props) {
  const { locale } = useLocale();
  const act = useAnswer();
  const { invitationId, kind, to: name, expiresAt } = invitation;
  const withdraw = () => {
    if (act.isPending) return;
    act.mutateAsync({ invitationId, answer: "withdraw" }).then(
      () => onSaid(m.invitations_withdrawn({ name })),
      () => undefined,
    );
  };
  return (
    <li
      data-sent={invitationId}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-3xl border border-line bg-surface px-5 py-3.5"
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-bold wrap-anywhere">
          {kind === "child"
            ? m.invitations_to_child({ name })
            : m.invitations_to_guardian({ name })}
        </p>
        <p className="text-sm text-ink-soft">
          {m.invitations_until({ time: formatDate(expiresAt, "date", locale) })}
        </p>
      </div>
      <Button
        tone="quiet"
        data-testid="withdraw"
        aria-label={m.invitations_withdraw_of({ name })}
        aria-disabled={act.isPending}
        onClick={withdraw}
      >
        {m.invitations_withdraw()}
      </Button>
      <div className="basis-full has-[[role=alert]:empty]:absolute">
        <FormError text={act.isError ? answerErrorText(act.error) : null} />
      </div>
    </li>
  );
}
