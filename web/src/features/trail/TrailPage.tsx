// Who saw what. For people their own conversations and their children's, in plain words; for administrators
// everything, each entry by itself, and whether the trail is whole.
import { useSearchParams } from "react-router";
import type { User } from "../../api/types";
import { PageFrame } from "../../app/PageFrame";
import { NotForYou, OfflineNote, SignInFirst } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";
import { childrenOf, memberName } from "../family/family";
import { useOwnFamily } from "../family/useFamily";
import { PeopleTabs } from "../history/Toolbar";
import { Chosen } from "./Chosen";
import { TrailForm } from "./TrailForm";
import { TrailList, type Names } from "./TrailList";
import { VerifyPanel } from "./VerifyPanel";
import { filtersOf, searchOf, type TrailFilters } from "./filters";

export default function TrailPage() {
  const user = useUser();
  const isAdministrator = user?.role === "administrator";
  return (
    <PageFrame
      title={isAdministrator ? m.trail_title_all() : m.trail_title()}
      intro={isAdministrator ? m.trail_intro_all() : m.trail_intro()}
    >
      <div className="flex flex-col gap-5">
        <OfflineNote />
        <ForUser user={user} />
      </div>
    </PageFrame>
  );
}

function ForUser({ user }: { user: User | null }) {
  if (user === null) return <SignInFirst title={m.trail_sign_in()} />;
  // Nothing is kept of what is said as a visitor.
  if (user.role === "visitor") return <NotForYou title={m.trail_none_title()} />;
  return user.role === "administrator" ? <Everything user={user} /> : <Own user={user} />;
}

function useFilters() {
  const [params, setParams] = useSearchParams();
  const filters = filtersOf(params);
  const change = (change: Partial<TrailFilters>) =>
    setParams(searchOf({ ...filters, ...change }), { preventScrollReset: true });
  const clear = () => setParams(new URLSearchParams());
  return { filters, change, clear };
}

function Own({ user }: { user: User }) {
  const { filters, change, clear } = useFilters();
  const { data: family } = useOwnFamily({ ofGuardian: true });
  const { about, session } = filters;
  const isGuardian = family?.familyId === user.userId;
  const children = isGuardian ? childrenOf(family) : [];
  const names: Names = new Map(children.map((child) => [child.userId, memberName(child)]));
  const people = children.map(({ userId }) => ({
    userId,
    name: names.get(userId) ?? "",
    hasUnread: false,
  }));
  return (
    <>
      {people.length > 0 && session === null && (
        <PeopleTabs
          people={people}
          ownId={user.userId}
          chosen={about}
          onChoose={(about) => change({ about })}
        />
      )}
      <Chosen filters={{ ...filters, about: null }} onChange={change} />
      <TrailList
        filters={{ about, session, by: null, event: null, from: null, to: null }}
        names={names}
        ownId={user.userId}
        onClear={clear}
      />
    </>
  );
}

function Everything({ user }: { user: User }) {
  const { filters, change, clear } = useFilters();
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[19rem_1fr]">
      <div className="flex flex-col gap-5">
        <VerifyPanel from={filters.from} to={filters.to} />
        <TrailForm filters={filters} onChange={change} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Chosen filters={filters} onChange={change} />
        <TrailList filters={filters} ownId={user.userId} onChange={change} onClear={clear} />
      </div>
    </div>
  );
}
