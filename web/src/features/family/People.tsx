// A family as a child of it sees it: who belongs together, and nothing else.
import { ShieldCheck, UserRound } from "lucide-react";
import type { Family } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { Badge } from "../../shared/ui/Badge";
import { memberName } from "./family";

export function People({ family, ownId }: { family: Family; ownId: string }) {
  const people = family.members.filter(({ status }) => status !== "erased");
  return (
    <ul aria-label={m.family_title()} className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {people.map((person) => {
        const isGuardian = person.role === "guardian";
        return (
          <li
            key={person.userId}
            data-person={person.userId}
            className="flex min-h-20 items-center gap-4 rounded-3xl border border-line bg-surface px-5 py-4"
          >
            <span
              className="grid size-12 shrink-0 place-items-center rounded-full bg-sun text-scene dark:text-on-forest"
              aria-hidden
            >
              {isGuardian ? <ShieldCheck className="size-6" /> : <UserRound className="size-6" />}
            </span>
            <p className="flex min-w-0 flex-wrap items-center gap-x-2 text-xl font-bold wrap-anywhere">
              {memberName(person)}
              {isGuardian && <Badge tone="leaf">{m.family_guardian()}</Badge>}
              {person.userId === ownId && <Badge>{m.family_you()}</Badge>}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
