// Invitations to be family: those one got, those one made, and a new one.
import { useEffect, useRef, useState } from "react";
import type { User } from "../../api/types";
import { PageFrame } from "../../app/PageFrame";
import {
  LoadProblem,
  NotForYou,
  OfflineNote,
  RowsLoading,
  SignInFirst,
} from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";
import { InviteForm } from "./InviteForm";
import { ReceivedCard } from "./ReceivedCard";
import { SentRow } from "./SentRow";
import { kindFor } from "./invitations";
import { useInvitations } from "./useInvitations";

export default function InvitationsPage() {
  const user = useUser();
  // Whoever accepts as a child may invite nobody any more; what was said about that stays to be read.
  const [said, setSaid] = useState<string | null>(null);
  const saying = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that had the focus has gone with its invitation.
    if (said !== null && document.activeElement === document.body) saying.current?.focus();
  }, [said]);
  return (
    <PageFrame title={m.invitations_title()} intro={m.invitations_intro()}>
      <div className="flex flex-col gap-4">
        <OfflineNote />
        <p
          ref={saying}
          tabIndex={-1}
          role="status"
          data-testid="said"
          className="rounded-2xl bg-leaf p-4 font-semibold wrap-anywhere empty:hidden"
        >
          {said}
        </p>
        {user === null ? (
          <SignInFirst title={m.invitations_sign_in()} />
        ) : (
          <ForUser user={user} onSaid={setSaid} />
        )}
      </div>
    </PageFrame>
  );
}

type Props = { user: User; onSaid: (text: string | null) => void };

function ForUser({ user, onSaid }: Props) {
  const kind = kindFor(user);
  if (kind !== null) return <Both kind={kind} onSaid={onSaid} />;
  return user.parentUserId === undefined ? (
    <NotForYou title={m.invitations_not_staff()} body={m.invitations_not_staff_body()} />
  ) : (
    <NotForYou title={m.invitations_not_child()} body={m.invitations_not_child_body()} />
  );
}

type BothProps = Pick<Props, "onSaid"> & { kind: "child" | "guardian" };

function Both({ kind, onSaid }: BothProps) {
  const { data, error, isPending, refetch } = useInvitations();
  if (isPending) return <RowsLoading height="h-28" />;
  if (!data) {
    return (
      <LoadProblem title={m.invitations_error()} error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="grid items-start gap-8 lg:grid-cols-[1fr_24rem]">
      <div className="flex min-w-0 flex-col gap-8">
        <section aria-labelledby="received" className="flex flex-col gap-3">
          <h2 id="received" className="text-2xl font-semibold">
            {m.invitations_received()}
          </h2>
          {data.received.length === 0 && (
            <p className="text-ink-soft">{m.invitations_received_none()}</p>
          )}
          <ul className="flex flex-col gap-3 empty:hidden">
            {data.received.map((one) => (
              <ReceivedCard key={one.invitationId} invitation={one} onSaid={onSaid} />
            ))}
          </ul>
        </section>
        <section aria-labelledby="sent" className="flex flex-col gap-3">
          <h2 id="sent" className="text-2xl font-semibold">
            {m.invitations_sent()}
          </h2>
          {data.sent.length === 0 && <p className="text-ink-soft">{m.invitations_sent_none()}</p>}
          <ul className="flex flex-col gap-3 empty:hidden">
            {data.sent.map((one) => (
              <SentRow key={one.invitationId} invitation={one} onSaid={onSaid} />
            ))}
          </ul>
        </section>
      </div>
      <InviteForm kind={kind} onSaid={onSaid} />
    </div>
  );
}
