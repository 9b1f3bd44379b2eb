// All accounts, for administrators.
import { UserPlus } from "lucide-react";
import { useId, useState } from "react";
import { useSearchParams } from "react-router";
import { ApiProblem } from "../../api/problem";
import { PageFrame } from "../../app/PageFrame";
import { LoadProblem, NotForYou, RowsLoading } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useUser } from "../auth/useSession";
import { AccountRow } from "./AccountRow";
import { NewAccountDialog } from "./NewAccountDialog";
import { ROLES, STATUSES, roleName, statusName } from "./roles";
import { useAccounts, type AccountFilters } from "./useAccounts";

export default function AccountsPage() {
  const user = useUser();
  const isAdministrator = user?.role === "administrator";
  return (
    <PageFrame title={m.accounts_title()}>
      {isAdministrator ? (
        <Accounts ownId={user.userId} />
      ) : (
        <NotForYou title={m.accounts_refused()} />
      )}
    </PageFrame>
  );
}

function Accounts({ ownId }: { ownId: string }) {
  const [params, setParams] = useSearchParams();
  const [isMaking, setMaking] = useState(false);
  const filters = {
    role: ROLES.find((role) => role === params.get("role")) ?? null,
    status: STATUSES.find((status) => status === params.get("status")) ?? null,
  };
  const choose = (name: "role" | "status", value: string) => {
    const next = new URLSearchParams(params);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setParams(next);
  };
  return (
    <>
      <div className="flex flex-wrap items-end gap-3 pb-5">
        <Choice
          label={m.accounts_role()}
          value={filters.role}
          choices={ROLES.map((role) => [role, roleName(role)])}
          onChoose={(value) => choose("role", value)}
        />
        <Choice
          label={m.accounts_status()}
          value={filters.status}
          choices={STATUSES.map((status) => [status, statusName(status)])}
          onChoose={(value) => choose("status", value)}
        />
        <Button data-testid="new-account" onClick={() => setMaking(true)} className="sm:ml-auto">
          <UserPlus className="size-5" aria-hidden />
          {m.accounts_new()}
        </Button>
      </div>
      <List filters={filters} ownId={ownId} />
      {isMaking && <NewAccountDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function List({ filters, ownId }: { filters: AccountFilters; ownId: string }) {
  const list = useAccounts(filters);
  if (list.isPending) return <RowsLoading height="h-18" />;
  if (!list.data) return <Problem error={list.error} onRetry={() => void list.refetch()} />;
  const accounts = list.data.pages.flatMap(({ users }) => users);
  if (accounts.length === 0) return <Notice title={m.accounts_none()} />;
  return (
    <>
      <ul aria-label={m.accounts_title()} className="flex flex-col gap-2.5">
        {accounts.map((account) => (
          <AccountRow key={account.userId} account={account} isOwn={account.userId === ownId} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          tone="quiet"
          aria-disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          className="mx-auto mt-5 flex"
        >
          {m.app_more()}
        </Button>
      )}
    </>
  );
}

function Problem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  // The role of the account counts, and it may have been taken away since.
  if (error instanceof ApiProblem && error.status === 403) {
    return <NotForYou title={m.accounts_refused()} />;
  }
  return <LoadProblem title={m.accounts_error()} error={error} onRetry={onRetry} />;
}

type ChoiceProps = {
  label: string;
  value: string | null;
  choices: [string, string][];
  onChoose: (value: string) => void;
};

function Choice({ label, value, choices, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-semibold text-ink-soft">
        {label}
      </label>
      <select
        id={id}
        value={value ?? ""}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
        className="min-h-12 rounded-full border-2 border-line-strong bg-surface px-4 font-bold"
      >
        <option value="">{m.accounts_all()}</option>
        {choices.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
