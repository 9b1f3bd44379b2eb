// Somebody would like to be family. Both answers are asked for twice: one gives much away, the other is gone.
import { useState } from "react";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { Button } from "../../shared/ui/Button";
import { AcceptDialog, DeclineDialog } from "./AnswerDialogs";
import type { Received } from "./invitations";

type Props = { invitation: Received; onSaid: (text: string | null) => void };

export function ReceivedCard({ invitation, onSaid }: Props) {
  const { locale } = useLocale();
  const [asked, setAsked] = useState<"accept" | "decline" | null>(null);
  const { invitationId, kind, from: name, expiresAt } = invitation;
  const close = () => setAsked(null);
  const ask = (answer: "accept" | "decline") => {
    onSaid(null);
    setAsked(answer);
  };
  return (
    <li
      data-received={invitationId}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-3xl border border-line bg-surface px-5 py-4"
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="text-lg font-bold wrap-anywhere">
          {kind === "child"
            ? m.invitations_as_child({ name })
            : m.invitations_as_guardian({ name })}
        </p>
        <p className="text-sm text-ink-soft">
          {m.invitations_until({ time: formatDate(expiresAt, "date", locale) })}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          data-testid="accept"
          aria-label={m.invitations_accept_of({ name })}
          onClick={() => ask("accept")}
        >
          {m.invitations_accept()}
        </Button>
        <Button
          tone="quiet"
          data-testid="decline"
          aria-label={m.invitations_decline_of({ name })}
          onClick={() => ask("decline")}
        >
          {m.invitations_decline()}
        </Button>
      </div>
      {asked === "accept" && (
        <AcceptDialog invitation={invitation} onSaid={onSaid} onClose={close} />
      )}
      {asked === "decline" && (
        <DeclineDialog invitation={invitation} onSaid={onSaid} onClose={close} />
      )}
    </li>
  );
}
