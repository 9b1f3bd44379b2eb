// A family as each of its people sees it; all families for staff.
import { PageFrame } from "../../app/PageFrame";
import { LoadProblem, OfflineNote, RowsLoading, SignInFirst } from "../../app/PageStates";
import { paths } from "../../app/paths";
import type { User } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useUser } from "../auth/useSession";
import { AllFamilies } from "./AllFamilies";
import { Guarded } from "./Guarded";
import { People } from "./People";
import { useOwnFamily } from "./useFamily";

export default function FamilyPage() {
  const user = useUser();
  const isStaff = user?.role === "zookeeper" || user?.role === "administrator";
  const intro = user ? introOf(user) : undefined;
  return (
    <PageFrame
      title={isStaff ? m.families_title() : m.family_title()}
      {...(intro !== undefined && { intro })}
    >
      {user === null ? (
        <SignInFirst title={m.family_sign_in()} />
      ) : (
        <div className="flex flex-col gap-5">
          <OfflineNote />
          {isStaff ? <AllFamilies /> : <OwnFamily user={user} />}
        </div>
      )}
    </PageFrame>
  );
}

function introOf({ role, parentUserId }: User): string | undefined {
  if (role === "administrator") return m.families_intro();
  if (role === "zookeeper") return m.families_intro_keeper();
  if (role === "parent") return m.family_intro();
  return parentUserId === undefined ? undefined : m.family_intro_child();
}

function OwnFamily({ user }: { user: User }) {
  const { data: family, error, isLoading, refetch } = useOwnFamily();
  if (isLoading) return <RowsLoading height="h-40" />;
  if (error && !family) {
    return <LoadProblem title={m.family_error()} error={error} onRetry={() => void refetch()} />;
  }
  if (!family) return <NoFamily mayInvite={user.role === "user"} />;
  const isGuardian = family.familyId === user.userId;
  return isGuardian ? <Guarded family={family} /> : <People family={family} ownId={user.userId} />;
}

/** Who has no family talks with the animals all the same. */
function NoFamily({ mayInvite }: { mayInvite: boolean }) {
  return (
    <div data-testid="no-family">
      <Notice title={m.family_none_title()} body={m.family_none_body()}>
        <div className="flex flex-wrap justify-center gap-3">
          <ButtonLink to={paths.animals}>{m.app_to_animals()}</ButtonLink>
          {mayInvite && (
            <ButtonLink tone="quiet" to={paths.invitations}>
              {m.family_invitations()}
            </ButtonLink>
          )}
        </div>
      </Notice>
    </div>
  );
}
