// What a guardian agrees to for one child: how it stands, the notice, the choice, and what was said before.
import { useState } from "react";
import { useParams } from "react-router";
import { ApiProblem } from "../../api/problem";
import type { Consent, Notice as NoticeOf } from "../../api/types";
import { LoadProblem, NotForYou, RowsLoading } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { ChildPage } from "../family/ChildPage";
import { useChildName } from "../family/useChildName";
import { ConsentForm } from "./ConsentForm";
import { ConsentHistory } from "./ConsentHistory";
import { ConsentState } from "./ConsentState";
import { NoticeText } from "./NoticeText";
import { standingOf } from "./consent";
import { useConsent, useNotice } from "./useConsent";

export default function ConsentPage() {
  const { childId = "" } = useParams();
  const name = useChildName(childId);
  return (
    <ChildPage
      title={m.consent_title({ name })}
      signIn={m.consent_sign_in()}
      notYours={m.consent_not_yours()}
    >
      <OfChild key={childId} childId={childId} name={name} />
    </ChildPage>
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
