// A child as its guardian sees it: how things stand, and what can be done.
import { Gauge, Pause, Play } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { FamilyMember } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { Badge } from "../../shared/ui/Badge";
import { Button } from "../../shared/ui/Button";
import { FormError } from "../../shared/ui/Field";
import { ConsentFact, ConsentNeeded } from "../consent/ConsentSummary";
import { WishNote } from "../erasure/WishNote";
import { When } from "../history/SessionParts";
import { ChildLinks } from "./ChildLinks";
import { LimitDialog } from "./LimitDialog";
import { controlsErrorText } from "./controlsError";
import { limitText, memberName } from "./family";
import { useActivity, useControls } from "./useFamily";

type Props = { familyId: string; child: FamilyMember };

export function ChildCard({ familyId, child }: Props) {
  const { userId, email, status, controls } = child;
  const name = memberName(child);
  const change = useControls(familyId, userId);
  const [isLimiting, setLimiting] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const isPaused = controls?.paused === true;
  const turn = () => {
    if (change.isPending) return;
    setSaid(null);
    const done = isPaused ? m.family_resumed_said : m.family_paused_said;
    change.mutate({ paused: !isPaused }, { onSuccess: () => setSaid(done({ name })) });
  };
  return (
    <li
      data-child={userId}
      className="flex flex-col gap-4 rounded-4xl border border-line bg-surface p-5 sm:p-6"
    >
      <div>
        <h2 className="flex flex-wrap items-center gap-2 text-2xl font-semibold wrap-anywhere">
          {name}
          <Badges isPaused={isPaused} isOff={status === "disabled"} />
        </h2>
        {email !== undefined && (
          <p className="text-sm wrap-anywhere text-ink-soft">
            {m.family_signs_in({ name: email })}
          </p>
        )}
      </div>
      <Facts child={child} />
      <ConsentNeeded childId={userId} name={name} />
      <WishNote childId={userId} name={name} />
      <Buttons
        name={name}
        isPaused={isPaused}
        isBusy={change.isPending}
        onTurn={turn}
        onLimit={() => setLimiting(true)}
      />
      <p role="status" className="rounded-2xl bg-leaf px-4 py-3 font-semibold empty:hidden">
        {said}
      </p>
      <FormError text={change.isError ? controlsErrorText(change.error) : null} />
      <ChildLinks userId={userId} name={name} />
      {isLimiting && (
        <LimitDialog
          name={name}
          limit={controls?.dailyLimit ?? null}
          onSave={async (dailyLimit) => {
            await change.mutateAsync({ dailyLimit });
            setSaid(m.family_limit_said({ name, limit: limitText(dailyLimit) }));
          }}
          onClose={() => setLimiting(false)}
        />
      )}
    </li>
  );
}

function Facts({ child }: { child: FamilyMember }) {
  const { userId, controls } = child;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2">
      <Fact name={m.family_last()}>
        <Activity userId={userId} />
      </Fact>
      <Fact name={m.family_limit_label()}>
        <span data-testid="limit">{limitText(controls?.dailyLimit)}</span>
      </Fact>
      <Fact name={m.family_consent()} isWide>
        <ConsentFact childId={userId} />
      </Fact>
    </dl>
  );
}

const ACTION = "max-sm:flex-1 max-sm:px-3.5 sm:px-4.5";
const ICON = { className: "size-5", "aria-hidden": true };

type ButtonsProps = {
  name: string;
  isPaused: boolean;
  isBusy: boolean;
  onTurn: () => void;
  onLimit: () => void;
};

function Buttons({ name, isPaused, isBusy, onTurn, onLimit }: ButtonsProps) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        tone={isPaused ? "primary" : "quiet"}
        data-testid="pause"
        aria-label={isPaused ? m.family_resume_of({ name }) : m.family_pause_of({ name })}
        aria-disabled={isBusy}
        onClick={onTurn}
        className={ACTION}
      >
        {isPaused ? <Play {...ICON} /> : <Pause {...ICON} />}
        {isPaused ? m.family_resume() : m.family_pause()}
      </Button>
      <Button
        tone="quiet"
        data-testid="set-limit"
        aria-label={m.family_limit_of({ name })}
        onClick={onLimit}
        className={ACTION}
      >
        <Gauge {...ICON} />
        {m.family_limit()}
      </Button>
    </div>
  );
}

function Badges({ isPaused, isOff }: { isPaused: boolean; isOff: boolean }) {
  return (
    <>
      {isPaused && (
        <Badge testId="paused">
          <Pause aria-hidden />
          {m.family_paused()}
        </Badge>
      )}
      {isOff && <Badge tone="danger">{m.family_off()}</Badge>}
    </>
  );
}

type FactProps = { name: string; isWide?: boolean; children: ReactNode };

function Fact({ name, isWide = false, children }: FactProps) {
  return (
    <div className={cn("min-w-0", isWide && "col-span-2")}>
      <dt className="text-sm text-ink-soft">{name}</dt>
      <dd className="font-bold wrap-anywhere">{children}</dd>
    </div>
  );
}

function Activity({ userId }: { userId: string }) {
  const { data, isPending } = useActivity(userId);
  if (isPending) return <span className="skeleton block h-6 w-24 rounded-full" />;
  if (!data) return m.family_last_unknown();
  if (data.last === null) return m.family_last_never();
  return <When iso={data.last} />;
}
