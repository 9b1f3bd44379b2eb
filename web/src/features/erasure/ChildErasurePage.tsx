// What is kept of a child, as its guardian downloads it or has it erased.
import { useParams } from "react-router";
import { LoadProblem, NotForYou, RowsLoading } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { childrenOf, memberName } from "../family/family";
import { ChildPage } from "../family/ChildPage";
import { useChildName } from "../family/useChildName";
import { useOwnFamily } from "../family/useFamily";
import { ErasureCards } from "./ErasureCards";
import { SaveData } from "./SaveData";

export default function ChildErasurePage() {
  const { childId = "" } = useParams();
  const name = useChildName(childId);
  return (
    <ChildPage
      title={m.erase_title_of({ name })}
      signIn={m.privacy_sign_in()}
      notYours={m.erase_not_yours()}
    >
      <OfChild key={childId} childId={childId} />
    </ChildPage>
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
