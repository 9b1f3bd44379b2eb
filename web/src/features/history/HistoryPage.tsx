// All conversations that one may see: one's own, a family's, or everybody's without their words.
import { useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import { PageFrame } from "../../app/PageFrame";
import { OfflineNote, SignInFirst } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { useMediaQuery } from "../../shared/lib/useMediaQuery";
import { Dialog } from "../../shared/ui/Dialog";
import type { User } from "../../api/types";
import { useUser } from "../auth/useSession";
import { FilterPanel } from "./FilterPanel";
import { SessionList } from "./SessionList";
import { FilterButton, PeopleTabs, SearchBox } from "./Toolbar";
import { changed, filtersOf, searchOf, searchText, type Filters } from "./filters";
import { personText, type Person } from "./people";
import { useDebounced } from "./useDebounced";
import { usePeople } from "./usePeople";

export default function HistoryPage() {
  const user = useUser();
  const isStaff = user?.role === "zookeeper" || user?.role === "administrator";
  const intro = isStaff ? m.history_intro_staff() : undefined;
  return (
    <PageFrame
      title={user?.role === "parent" ? m.history_title_family() : m.history_title()}
      {...(intro !== undefined && { intro })}
    >
      {user ? (
        <Conversations user={user} isStaff={isStaff} />
      ) : (
        <SignInFirst title={m.viewer_sign_in_title()} />
      )}
    </PageFrame>
  );
}

const SEARCH_MS = 250;

function Conversations({ user, isStaff }: { user: User; isStaff: boolean }) {
  const [params, setParams] = useSearchParams();
  const filters = filtersOf(params);
  const [typed, setTyped] = useState("");
  const text = useDebounced(searchText(typed), SEARCH_MS);
  const family = usePeople();
  const people = isStaff ? chosenPerson(filters.who) : family;
  const isWide = useMediaQuery("(min-width: 64rem)");
  const [isOpen, setOpen] = useState(false);

  const change = (change: Partial<Filters>) =>
    setParams(searchOf(changed(filters, change)), { preventScrollReset: true });
  const search = (typed: string) => {
    setTyped(typed);
    // What is found anew begins on its first page.
    if (filters.page > 1) change({});
  };
  const clear = () => {
    setTyped("");
    setParams(new URLSearchParams());
  };
  // Who sees everybody's searches nobody's words, and has no order but the latest first.
  const canSort = (!isStaff || filters.who !== null) && text === "";
  const count = Number(filters.from !== null || filters.to !== null) + filters.animals.length;
  const panel = <FilterPanel filters={filters} onChange={change} />;

  return (
    <div className="grid items-start gap-x-8 gap-y-4 lg:grid-cols-[19rem_1fr]">
      {isWide && (
        <aside
          aria-label={m.history_filters()}
          className="row-span-3 rounded-4xl border border-line bg-surface p-5"
        >
          {panel}
        </aside>
      )}
      <div className="flex min-w-0 flex-col gap-3">
        <Gone />
        <OfflineNote />
        <div className="flex gap-2.5">
          {!isStaff && <SearchBox value={typed} onChange={search} />}
          {!isWide && <FilterButton count={count} onClick={() => setOpen(true)} />}
        </div>
        {people.length > 0 && (
          <PeopleTabs
            people={people}
            ownId={isStaff ? null : user.userId}
            chosen={filters.who}
            onChoose={(who) => change({ who })}
          />
        )}
        <SessionList
          filters={filters}
          text={text}
          isWide={isWide}
          onSort={canSort ? (sort) => change({ sort }) : undefined}
          onPerson={isStaff ? (who) => change({ who }) : undefined}
          onPage={(page) => change({ page })}
          onClear={clear}
        />
      </div>
      {isOpen && !isWide && (
        <Dialog
          title={m.history_filters()}
          closeLabel={m.app_close()}
          onClose={() => setOpen(false)}
        >
          {panel}
        </Dialog>
      )}
    </div>
  );
}

/** Staff choose somebody from the list; people have no names for them. */
function chosenPerson(userId: string | null): Person[] {
  return userId === null ? [] : [{ userId, name: personText(userId), hasUnread: false }];
}

/** After a conversation was deleted on its own page. */
function Gone() {
  const state: unknown = useLocation().state;
  const isGone = (state as { deleted?: unknown } | null)?.deleted === true;
  return (
    <p role="status" className="rounded-2xl bg-leaf p-4 font-semibold empty:hidden">
      {isGone && m.history_deleted()}
    </p>
  );
}
