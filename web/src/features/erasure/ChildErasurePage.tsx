// What is kept of a child, as its guardian downloads it or has it erased.
import { ArrowLeft } from "lucide-react";
import { Link, useParams } from "react-router";
import { PageFrame } from "../../app/PageFrame";
import {
  LoadProblem,
  NotForYou,
  OfflineNote,
  RowsLoading,
  SignInFirst,
} from "../../app/PageStates";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";
import { childrenOf, memberName } from "../family/family";
import { useChildName } from "../family/useChildName";
import { useOwnFamily } from "../family/useFamily";
import { ErasureCards } from "./ErasureCards";
import { SaveData } from "./SaveData";

export default function ChildErasurePage() {
  const { childId = "" } = useParams();
  const user = useUser();
  const name = useChildName(childId);
  return (
    <PageFrame title={m.erase_title_of({ name })}>
      {user === null ? (
        <SignInFirst title={m.privacy_sign_in()} />
      ) : user.role !== "parent" ? (
        <NotForYou title={m.erase_not_yours()} body={m.consent_not_yours_body()} />
      ) : (
        <div className="flex flex-col gap-5">
          <Link
            to={paths.family}
            className="-mt-3 inline-flex min-h-11 items-center gap-2 self-start rounded-full font-bold text-forest"
          >
            <ArrowLeft className="size-5" aria-hidden />
            {m.consent_back()}
          </Link>
          <OfflineNote />
          <OfChild key={childId} childId={childId} />
        </div>
      )}
    </PageFrame>
  );
}

function OfChild({ childId }: { childId: string }) {
  const { data: family, error, isPending, refetch } = useOwnFamily({ ofGuardian: true });
  if (isPending) return <RowsLoading height="h-40" />;
  if (family === undefined) {
    return <LoadProblem title={m.family_error()} error={error} onRetry={() => void refetch()} />;
  }
  const child = family && childrenOf(family).find(({ userId }) => userId === childId);
  if (!child) return <NotForYou title={m.family_gone()} body={m.consent_not_yours_body()} />;
  const subject = { userId: childId, name: memberName(child), isOwn: false, isChild: true };
  return (
    <>
      <ErasureCards subject={subject} />
      <SaveData subject={subject} />
    </>
  );
}
