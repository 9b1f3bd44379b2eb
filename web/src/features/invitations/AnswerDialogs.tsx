// What it means to say yes, or no, before one says so.
import type { ReactNode } from "react";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { FormError } from "../../shared/ui/Field";
import type { Received } from "./invitations";
import { answerErrorText, useAnswer, type Answer } from "./useInvitations";

type Props = {
  invitation: Received;
  onSaid: (text: string) => void;
  onClose: () => void;
};

export function AcceptDialog({ invitation, ...props }: Props) {
  const { kind, from: name } = invitation;
  const isChild = kind === "child";
  const meanings = isChild
    ? [
        m.invitations_child_reads({ name }),
        m.invitations_child_rules({ name }),
        m.invitations_child_consent({ name }),
        m.invitations_child_undo(),
      ]
    : [
        m.invitations_guardian_reads({ name }),
        m.invitations_guardian_rules({ name }),
        m.invitations_guardian_consent({ name }),
        m.invitations_child_undo(),
      ];
  return (
    <Confirm
      title={isChild ? m.invitations_child_title({ name }) : m.invitations_guardian_title({ name })}
      invitation={invitation}
      answer="accept"
      confirm={isChild ? m.invitations_confirm_child() : m.invitations_confirm_guardian()}
      done={
        isChild ? m.invitations_accepted_child({ name }) : m.invitations_accepted_guardian({ name })
      }
      {...props}
    >
      <ul className="flex list-disc flex-col gap-2 pl-5 wrap-anywhere">
        {meanings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Confirm>
  );
}

export function DeclineDialog({ invitation, ...props }: Props) {
  const { from: name } = invitation;
  return (
    <Confirm
      title={m.invitations_decline_title()}
      invitation={invitation}
      answer="decline"
      confirm={m.invitations_decline()}
      done={m.invitations_declined({ name })}
      {...props}
    >
      <p className="wrap-anywhere">{m.invitations_decline_body({ name })}</p>
    </Confirm>
  );
}

type ConfirmProps = Props & {
  title: string;
  answer: Answer;
  confirm: string;
  /** What is said once it is so. */
  done: string;
  children: ReactNode;
};

function Confirm(props: ConfirmProps) {
  const { invitation, title, answer, confirm, done, onSaid, onClose, children } = props;
  const act = useAnswer();
  const { invitationId } = invitation;
  const send = () => {
    if (act.isPending) return;
    // The card goes with its invitation, and this with the card.
    act.mutateAsync({ invitationId, answer }).then(
      () => onSaid(done),
      () => undefined,
    );
  };
  return (
    <Dialog title={title} closeLabel={m.app_close()} onClose={onClose}>
      {children}
      <FormError text={act.isError ? answerErrorText(act.error) : null} />
      <div className="flex flex-wrap justify-end gap-2.5">
        <Button tone="quiet" data-autofocus onClick={onClose}>
          {m.invitations_not_now()}
        </Button>
        <Button data-testid="confirm" aria-disabled={act.isPending} onClick={send}>
          {act.isPending ? m.app_sending() : confirm}
        </Button>
      </div>
    </Dialog>
  );
}
