// Asks once more, and says what happens then.
import { useState } from "react";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { FormError } from "../../shared/ui/Field";
import { changeErrorText } from "../accounts/useAccounts";

type Props = { name: string; onWithdraw: () => Promise<void>; onClose: () => void };

export function WithdrawDialog({ name, onWithdraw, onClose }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const act = async () => {
    if (isBusy) return;
    setBusy(true);
    try {
      await onWithdraw();
      onClose();
    } catch (cause) {
      setError(changeErrorText(cause));
      setBusy(false);
    }
  };
  const meanings = [
    m.consent_withdraw_talk({ name }),
    m.consent_withdraw_links(),
    m.consent_withdraw_kept(),
    m.consent_withdraw_again(),
  ];
  return (
    <Dialog title={m.consent_withdraw_title()} closeLabel={m.app_close()} onClose={onClose}>
      <ul className="flex list-disc flex-col gap-2 pl-5 wrap-anywhere">
        {meanings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <FormError text={error} />
      <div className="flex flex-wrap justify-end gap-2.5">
        <Button tone="quiet" data-autofocus onClick={onClose}>
          {m.consent_withdraw_keep()}
        </Button>
        <Button data-testid="confirm" aria-disabled={isBusy} onClick={() => void act()}>
          {isBusy ? m.app_saving() : m.consent_withdraw()}
        </Button>
      </div>
    </Dialog>
  );
}
