// The guardian's own page: the children, each on a card, and how more of them come.
import { MailOpen, UserPlus } from "lucide-react";
import { useState } from "react";
import { paths } from "../../app/paths";
import type { Family } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { ChildCard } from "./ChildCard";
import { NewChildDialog } from "./NewChildDialog";
import { childrenOf } from "./family";

export function Guarded({ family }: { family: Family }) {
  const [isAdding, setAdding] = useState(false);
  const children = childrenOf(family);
  const ways = (
    <div className="flex flex-wrap gap-2.5">
      <Button data-testid="add-child" onClick={() => setAdding(true)}>
        <UserPlus className="size-5" aria-hidden />
        {m.family_add()}
      </Button>
      <ButtonLink tone="quiet" to={paths.invitations}>
        <MailOpen className="size-5" aria-hidden />
        {m.family_invite()}
      </ButtonLink>
    </div>
  );
  return (
    <>
      {children.length === 0 ? (
        <div data-testid="childless">
          <Notice title={m.family_childless_title()} body={m.family_childless_body()}>
            {ways}
          </Notice>
        </div>
      ) : (
        <>
          {ways}
          <ul aria-label={m.family_children()} className="grid items-start gap-4 lg:grid-cols-2">
            {children.map((child) => (
              <ChildCard key={child.userId} familyId={family.familyId} child={child} />
            ))}
          </ul>
        </>
      )}
      {isAdding && <NewChildDialog familyId={family.familyId} onClose={() => setAdding(false)} />}
    </>
  );
}
