// All families, for staff, to read. Zookeepers are told no names.
import { History, Pause } from "lucide-react";
import { Link } from "react-router";
import type { Family, FamilyMember } from "../../api/types";
import { LoadProblem, RowsLoading } from "../../app/PageStates";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { childrenOf, guardianOf, limitText, memberName } from "./family";
import { useFamilies } from "./useFamily";

export function AllFamilies() {
  const list = useFamilies();
  if (list.isPending) return <RowsLoading height="h-32" />;
  if (!list.data) {
    const retry = () => void list.refetch();
    return <LoadProblem title={m.family_error()} error={list.error} onRetry={retry} />;
  }
  const families = list.data.pages.flatMap(({ families }) => families);
  if (families.length === 0 && !list.hasNextPage) return <Notice title={m.family_none_staff()} />;
  return (
    <>
      <ul aria-label={m.families_title()} className="grid items-start gap-4 lg:grid-cols-2">
        {families.map((family) => (
          <OneFamily key={family.familyId} family={family} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          tone="quiet"
          aria-disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          className="self-center"
        >
          {m.app_more()}
        </Button>
      )}
    </>
  );
}

function OneFamily({ family }: { family: Family }) {
  const guardian = guardianOf(family);
  const children = childrenOf(family);
  return (
    <li
      data-family={family.familyId}
      className="flex flex-col gap-3 rounded-3xl border border-line bg-surface px-5 py-4"
    >
      <div>
        <h2 className="flex flex-wrap items-center gap-2 text-xl font-semibold wrap-anywhere">
          {guardian && memberName(guardian)}
          <Badge tone="leaf">{m.family_guardian()}</Badge>
          {guardian?.status === "disabled" && <Badge tone="danger">{m.family_off()}</Badge>}
        </h2>
        <p className="text-sm wrap-anywhere text-ink-soft">
          {guardian?.email !== undefined && <>{guardian.email} · </>}
          {children.length === 0
            ? m.family_childless()
            : m.family_count({ count: children.length })}
        </p>
      </div>
      {children.length > 0 && (
        <ul className="flex flex-col border-t border-line pt-2">
          {children.map((child) => (
            <Child key={child.userId} child={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Child({ child }: { child: FamilyMember }) {
  const { userId, email, status, controls } = child;
  const name = memberName(child);
  const known = [email, controls && limitText(controls.dailyLimit)].filter((text) => text);
  return (
    <li data-child={userId} className="flex items-center gap-3 py-1">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-bold wrap-anywhere">
          {name}
          {controls?.paused && (
            <Badge testId="paused">
              <Pause aria-hidden />
              {m.family_paused()}
            </Badge>
          )}
          {status === "disabled" && <Badge tone="danger">{m.family_off()}</Badge>}
        </p>
        {known.length > 0 && (
          <p className="text-sm wrap-anywhere text-ink-soft">{known.join(" · ")}</p>
        )}
      </div>
      <Link
        to={{ pathname: paths.history, search: `?who=${userId}` }}
        aria-label={m.family_talks_of({ name })}
        title={m.family_talks_of({ name })}
        className="grid size-11 shrink-0 place-items-center rounded-full text-forest hover:bg-sunken"
      >
        <History className="size-5" aria-hidden />
      </Link>
    </li>
  );
}
