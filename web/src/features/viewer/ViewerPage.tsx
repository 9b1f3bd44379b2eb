// A stored conversation: one's own, a child's, or one that somebody shared by a link.
import { useEffect, useState } from "react";
import { useLocation, useParams } from "react-router";
import { ApiProblem } from "../../api/problem";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useAnimals } from "../animals/useAnimals";
import { useUser } from "../auth/useSession";
import { OpenedView } from "./OpenedView";
import { ReasonDialog } from "./ReasonDialog";
import { ViewerHeader } from "./ViewerHeader";
import { ViewerProblem } from "./ViewerProblem";
import { rightsOf } from "./rights";
import { shareOf, takeShare } from "./shareLinks";
import { useHistory } from "./useHistory";
import { useOwner } from "./useOwner";

export default function ViewerPage() {
  const { sessionId = "" } = useParams();
  const { hash } = useLocation();
  const [share, setShare] = useState(() => shareOf(sessionId));
  // The first link was taken before the app began; one that is followed on this page comes later.
  useEffect(() => {
    takeShare();
    setShare(shareOf(sessionId));
  }, [sessionId, hash]);
  return <Viewer key={`${sessionId} ${share ?? ""}`} sessionId={sessionId} share={share} />;
}

type ViewerProps = { sessionId: string; share: string | undefined };

function Viewer({ sessionId, share }: ViewerProps) {
  const [reason, setReason] = useState<string | null>(null);
  const access = { reason, share };
  const user = useUser();
  const history = useHistory(sessionId, access, user !== null);
  const { data: animals } = useAnimals();
  const { opened, error } = history;
  const animal = animals?.find(({ animalId }) => animalId === opened?.animalId);
  const byLink = share !== undefined && opened?.userId !== user?.userId;
  const owner = useOwner(opened?.userId, byLink);
  const speaker = owner && (owner.name ?? m.viewer_somebody());

  return (
    <div className="grid h-dvh grid-cols-1 grid-rows-[auto_1fr] print:block print:h-auto">
      <ViewerHeader
        opened={opened}
        animal={animal}
        owner={owner && ownerText(owner.label, owner.name)}
        byLink={byLink}
        hasTrail={opened !== null && rightsOf(user, opened.userId, byLink).trail}
      />
      {opened ? (
        <OpenedView
          opened={opened}
          history={history}
          access={access}
          byLink={byLink}
          speaker={speaker}
          animal={animal}
        />
      ) : (
        <main className="min-h-0 overflow-y-auto">
          {user === null ? (
            <WithoutAccount sessionId={sessionId} />
          ) : history.isPending ? (
            <Skeleton />
          ) : (
            <Refused
              error={error}
              byLink={byLink}
              onRetry={() => void history.refetch()}
              onReason={setReason}
            />
          )}
        </main>
      )}
    </div>
  );
}

function ownerText(label: string, name: string | null): string {
  return name === null ? label : m.viewer_of({ name });
}

type RefusedProps = {
  error: unknown;
  byLink: boolean;
  onRetry: () => void;
  onReason: (reason: string) => void;
};

function Refused({ error, byLink, onRetry, onReason }: RefusedProps) {
  const [isAsking, setAsking] = useState(true);
  const wantsReason = error instanceof ApiProblem && error.status === 428;
  if (!wantsReason) return <ViewerProblem error={error} byLink={byLink} onRetry={onRetry} />;
  return (
    <>
      <Notice title={m.reason_title()} body={m.reason_body()}>
        <Button onClick={() => setAsking(true)}>{m.reason_label()}</Button>
      </Notice>
      {isAsking && <ReasonDialog onReason={onReason} onClose={() => setAsking(false)} />}
    </>
  );
}

function WithoutAccount({ sessionId }: { sessionId: string }) {
  return (
    <Notice title={m.viewer_sign_in_title()} body={m.viewer_sign_in_body()}>
      <ButtonLink to={paths.signIn} state={{ from: paths.viewer(sessionId) }}>
        {m.signin_title()}
      </ButtonLink>
    </Notice>
  );
}

function Skeleton() {
  return (
    <div
      role="status"
      aria-label={m.app_loading()}
      className="mx-auto flex max-w-3xl flex-col gap-4 p-5"
    >
      <div className="skeleton h-12 w-2/5 self-end rounded-3xl" />
      <div className="skeleton h-28 w-3/5 rounded-3xl" />
      <div className="skeleton h-12 w-1/2 self-end rounded-3xl" />
      <div className="skeleton h-20 w-3/5 rounded-3xl" />
    </div>
  );
}
