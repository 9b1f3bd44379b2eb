// One thing that can be erased: what it is, how it stands, and what can be done about it.
import { useEffect, useId, useRef, useState } from "react";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { DangerButton } from "../../shared/ui/DangerButton";
import { FormError } from "../../shared/ui/Field";
import { ReasonDialog } from "../viewer/ReasonDialog";
import { EraseDialog } from "./EraseDialog";
import { OpenWish } from "./OpenWish";
import { needsReason, useErase, useWithdraw, type Subject, type Wanted } from "./useErasing";
import type { Scope, Standing } from "./wishes";
import { askText, doText, doTextOf, eraseErrorText, scopeBody, scopeTitle } from "./words";

type Props = { subject: Subject; scope: Scope; standing: Standing };

/** What is done about it, and what is said of that. */
function useActs({ subject, scope, standing }: Props) {
  const { isOwn, isChild } = subject;
  const erase = useErase(subject, scope);
  const withdraw = useWithdraw(subject);
  const [said, setSaid] = useState<string | null>(null);
  const act = async (wanted: Wanted) => {
    setSaid(null);
    withdraw.reset();
    const { receiptId, isWaiting } = await erase.mutateAsync(wanted);
    if (!isWaiting) return leaveFor(receiptId);
    setSaid(isOwn && isChild ? m.erase_asked_said() : m.erase_scheduled_said());
  };
  const takeBack = (reason = "") => {
    if (withdraw.isPending || standing.is === "none") return;
    setSaid(null);
    const isDeclined = standing.is === "asked" && !isOwn;
    withdraw.mutate(
      { receiptId: standing.receiptId, reason },
      {
        onSuccess: () => setSaid(isDeclined ? m.erase_declined() : m.erase_withdrawn()),
      },
    );
  };
  return { act, takeBack, said, withdraw };
}

export function ErasureCard(props: Props) {
  const { subject, scope, standing } = props;
  const { act, takeBack, said, withdraw } = useActs(props);
  const [asking, setAsking] = useState<"erase" | "withdraw" | null>(null);
  const titleId = useId();
  const saying = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that had the focus has gone.
    if (said !== null && document.activeElement === document.body) saying.current?.focus();
  }, [said, asking]);
  return (
    <div
      role="group"
      aria-labelledby={titleId}
      data-erase={scope}
      data-standing={standing.is}
      className="flex flex-col gap-4 rounded-4xl border border-line bg-surface p-5 sm:p-6"
    >
      <div>
        <h2 id={titleId} className="text-2xl font-semibold">
          {scopeTitle(scope)}
        </h2>
        <p className="mt-1 text-ink-soft">{scopeBody(scope)}</p>
      </div>
      {standing.is === "none" ? (
        <Start subject={subject} scope={scope} onStart={() => setAsking("erase")} />
      ) : (
        <OpenWish
          subject={subject}
          scope={scope}
          standing={standing}
          isBusy={withdraw.isPending}
          onConfirm={() => setAsking("erase")}
          onWithdraw={() => (needsReason(subject) ? setAsking("withdraw") : takeBack())}
        />
      )}
      <p
        ref={saying}
        tabIndex={-1}
        role="status"
        className="rounded-2xl bg-leaf px-4 py-3 font-semibold wrap-anywhere empty:hidden"
      >
        {said}
      </p>
      <FormError text={withdraw.isError ? eraseErrorText(withdraw.error, subject) : null} />
      <Dialogs
        {...props}
        asking={asking}
        onErase={act}
        onWithdraw={takeBack}
        onClose={() => setAsking(null)}
      />
    </div>
  );
}

type DialogsProps = Props & {
  asking: "erase" | "withdraw" | null;
  onErase: (wanted: Wanted) => Promise<unknown>;
  onWithdraw: (reason: string) => void;
  onClose: () => void;
};

function Dialogs({ subject, scope, standing, asking, onErase, onWithdraw, onClose }: DialogsProps) {
  if (asking === null) return null;
  if (asking === "erase") {
    const isPending = standing.is === "pending";
    return <EraseDialog {...{ subject, scope, isPending, onErase, onClose }} />;
  }
  const isAsked = standing.is === "asked";
  return (
    <ReasonDialog
      title={isAsked ? m.erase_decline_why() : m.erase_withdraw_why()}
      hint={m.erase_reason_short()}
      submit={isAsked ? m.erase_decline() : m.erase_withdraw()}
      onReason={(reason) => {
        onClose();
        onWithdraw(reason);
      }}
      onClose={onClose}
    />
  );
}

type StartProps = Pick<Props, "subject" | "scope"> & { onStart: () => void };

/** Leads to a dialog; nothing is done by one tap. A child only asks. */
function Start({ subject: { name, isOwn, isChild }, scope, onStart }: StartProps) {
  const shared = { "data-testid": `erase-${scope}`, onClick: onStart, className: "self-start" };
  if (isOwn && isChild) {
    return (
      <Button tone="quiet" {...shared}>
        {askText(scope)}
      </Button>
    );
  }
  return (
    <DangerButton {...shared} {...(!isOwn && { "aria-label": doTextOf(scope, name) })}>
      {doText(scope)}
    </DangerButton>
  );
}

/** As a new page: nothing that was erased stays in this one's memory. */
function leaveFor(receiptId: string) {
  location.assign(`${paths.receipt}#${receiptId}`);
}
