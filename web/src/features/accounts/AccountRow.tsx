import { useState } from "react";
import type { Account } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { FormError } from "../../shared/ui/Field";
import { EraseAccount } from "./EraseAccount";
import { ROLES, roleName, statusName } from "./roles";
import { changeErrorText, useChange, type Change } from "./useAccounts";

type Props = { account: Account; isOwn: boolean };

/** A line on wide screens, a card on a phone. */
export function AccountRow({ account, isOwn }: Props) {
  const { locale } = useLocale();
  const { userId, displayName, email, role, status, parentUserId, createdAt } = account;
  const change = useChange();
  const [isAsking, setAsking] = useState(false);
  const name = displayName ?? m.accounts_erased();
  const act = (wish: Omit<Change, "userId">) => change.mutate({ userId, ...wish });
  const mayChange = !isOwn && status !== "erased";
  return (
    <li
      data-account={userId}
      className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-2 rounded-3xl border border-line bg-surface px-5 py-3.5 sm:grid-cols-[1fr_auto_auto_auto]"
    >
      <div className="col-span-2 min-w-0 sm:col-span-1">
        <p className="flex flex-wrap items-center gap-2 font-bold wrap-anywhere">
          {name}
          {isOwn && <Badge>{m.accounts_you()}</Badge>}
          {parentUserId !== undefined && <Badge>{m.accounts_child()}</Badge>}
          {status !== "active" && <Badge tone="danger">{statusName(status)}</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-ink-soft">
          {email && <>{email} · </>}
          {m.accounts_since({ date: formatDate(createdAt, "date", locale) })}
        </p>
      </div>
      {mayChange ? (
        <select
          aria-label={m.accounts_role_of({ name })}
          data-testid="role"
          value={role}
          disabled={change.isPending}
          onChange={({ currentTarget }) => {
            const chosen = ROLES.find((each) => each === currentTarget.value);
            if (chosen) act({ role: chosen });
          }}
          className="min-h-11 rounded-full border-2 border-line bg-surface px-3 font-bold"
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {roleName(each)}
            </option>
          ))}
        </select>
      ) : (
        <span className="font-bold">{roleName(role)}</span>
      )}
      {mayChange && (
        <Button
          tone="quiet"
          data-testid="switch"
          aria-disabled={change.isPending}
          aria-label={
            status === "active" ? m.accounts_off_of({ name }) : m.accounts_on_of({ name })
          }
          onClick={() => (status === "active" ? setAsking(true) : act({ status: "active" }))}
          className="min-h-11 px-4"
        >
          {status === "active" ? m.accounts_off() : m.accounts_on()}
        </Button>
      )}
      {mayChange && <EraseAccount account={account} name={name} />}
      <div className="col-span-full has-[[role=alert]:empty]:absolute">
        <FormError text={change.isError ? changeErrorText(change.error) : null} />
      </div>
      {isAsking && (
        <OffDialog
          name={name}
          onOff={() => {
            act({ status: "disabled" });
            setAsking(false);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

type OffProps = { name: string; onOff: () => void; onClose: () => void };

function OffDialog({ name, onOff, onClose }: OffProps) {
  return (
    <Dialog title={m.accounts_off_title({ name })} closeLabel={m.app_close()} onClose={onClose}>
      <p>{m.accounts_off_body()}</p>
      <div className="flex flex-wrap justify-end gap-2.5">
        <Button tone="quiet" data-autofocus onClick={onClose}>
          {m.app_cancel()}
        </Button>
        <Button onClick={onOff}>{m.accounts_off()}</Button>
      </div>
    </Dialog>
  );
}
