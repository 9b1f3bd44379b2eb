// What of an account an administrator has erased. How it stands is read once it is opened.
import { useId, useState } from "react";
import type { Account } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { ErasureCards } from "../erasure/ErasureCards";

type Props = { account: Account; name: string };

export function EraseAccount({ account: { userId, role, parentUserId }, name }: Props) {
  const [isOpen, setOpen] = useState(false);
  const cardsId = useId();
  const isChild = parentUserId !== undefined;
  return (
    <>
      <Button
        tone="quiet"
        data-testid="erase"
        aria-label={m.accounts_erase_of({ name })}
        aria-expanded={isOpen}
        aria-controls={cardsId}
        onClick={() => setOpen(!isOpen)}
        className="min-h-11 px-4 max-sm:col-span-2 max-sm:justify-self-end"
      >
        {m.accounts_erase()}
      </Button>
      <div id={cardsId} className="col-span-full flex flex-col gap-4 empty:hidden">
        {isOpen && (
          <ErasureCards
            subject={{ userId, name, isOwn: false, isChild, byStaff: true }}
            {...(role === "visitor" && { scopes: ["account"] })}
          />
        )}
      </div>
    </>
  );
}
