// What became of a wish that something be erased. Which one stands in the fragment, which no server is told.
import { useLocation } from "react-router";
import { ApiProblem } from "../../api/problem";
import { PageFrame } from "../../app/PageFrame";
import { LoadProblem, NotForYou, RowsLoading, SignInFirst } from "../../app/PageStates";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { ButtonLink } from "../../shared/ui/Button";
import { UserContext, useSessionState } from "../auth/useSession";
import { ReceiptView } from "./ReceiptView";
import { useReceipt } from "./useReceipt";

export default function ReceiptPage() {
  const state = useSessionState();
  const { hash } = useLocation();
  const user = state.status === "signedIn" ? state.user : null;
  const receiptId = hash.slice(1);
  const back =
    user === null ? null : user.role === "parent" ? (
      <ButtonLink tone="quiet" to={paths.family}>
        {m.consent_back()}
      </ButtonLink>
    ) : (
      <ButtonLink tone="quiet" to={paths.privacy}>
        {m.privacy_title()}
      </ButtonLink>
    );
  return (
    <UserContext value={user}>
      <PageFrame title={m.receipt_title()}>
        <div className="flex max-w-2xl flex-col gap-5">
          {receiptId === "" ? (
            <NotForYou title={m.receipt_none()} body={m.receipt_none_body()} />
          ) : (
            <Loaded receiptId={receiptId} isSignedIn={user !== null} />
          )}
          {back !== null && <div>{back}</div>}
        </div>
      </PageFrame>
    </UserContext>
  );
}

function Loaded({ receiptId, isSignedIn }: { receiptId: string; isSignedIn: boolean }) {
  const { data, error, isPending, refetch } = useReceipt(receiptId);
  if (isPending) return <RowsLoading height="h-28" />;
  if (data) return <ReceiptView receipt={data} isSignedIn={isSignedIn} />;
  const status = error instanceof ApiProblem ? error.status : null;
  if (status === 404)
    return <NotForYou title={m.receipt_missing()} body={m.receipt_missing_body()} />;
  if (status === 403) return <NotForYou title={m.receipt_foreign()} />;
  if (status === 401) return <SignInFirst title={m.receipt_sign_in()} />;
  return <LoadProblem title={m.receipt_error()} error={error} onRetry={() => void refetch()} />;
}
