// What a guardian agrees to for one child: how it stands, the notice, the choice, and what was said before.
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { ApiProblem } from "../../api/problem";
import type { Consent, Notice as NoticeOf } from "../../api/types";
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
import { useChildName } from "../family/useChildName";
import { ConsentForm } from "./ConsentForm";
import { ConsentHistory } from "./ConsentHistory";
import { ConsentState } from "./ConsentState";
import { NoticeText } from "./NoticeText";
import { standingOf } from "./consent";
import { useConsent, useNotice } from "./useConsent";

export default function ConsentPage() {
  const { childId = "" } = useParams();
  const user = useUser();
  const name = useChildName(childId);
  return (
    <PageFrame title={m.consent_title({ name })}>
      {user === null ? (
        <SignInFirst title={m.consent_sign_in()} />
      ) : user.role !== "parent" ? (
        <NotForYou title={m.consent_not_yours()} body={m.consent_not_yours_body()} />
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
          <OfChild key={childId} childId={childId} name={name} />
        </div>
      )}
    </PageFrame>
  );
}

function OfChild({ childId, name }: { childId: string; name: string }) {
  const consent = useConsent(childId);
  const notice = useNotice();
  if (consent.isPending || notice.isPending) return <RowsLoading height="h-40" />;
  const { error } = consent;
  if (error instanceof ApiProblem && (error.status === 403 || error.status === 404)) {
    return <NotForYou title={m.family_gone()} body={m.consent_not_yours_body()} />;
  }
  if (!consent.data || !notice.data) {
    const retry = () => {
      void consent.refetch();
      void notice.refetch();
    };
    return <LoadProblem title={m.consent_error()} error={error ?? notice.error} onRetry={retry} />;
  }
  return <Loaded consent={consent.data} notice={notice.data} name={name} />;
}

type LoadedProps = { consent: Consent; notice: NoticeOf; name: string };

function Loaded({ consent, notice, name }: LoadedProps) {
  const standing = standingOf(consent);
  const isNew = standing === "none" || standing === "again";
  // Who has agreed has read it; what has changed meanwhile is opened.
  const [isOpen, setOpen] = useState(isNew);
  return (
    <>
      <ConsentState consent={consent} name={name} />
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_27rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <NoticeText notice={notice} isOpen={isOpen} onToggle={setOpen} />
          <div className="max-lg:hidden">
            <ConsentHistory consent={consent} />
          </div>
        </div>
        <ConsentForm
          consent={consent}
          notice={notice}
          name={name}
          onChanged={() => setOpen(true)}
        />
      </div>
      <div className="lg:hidden">
        <ConsentHistory consent={consent} />
      </div>
    </>
  );
}
