// A wish that is open, as whom it concerns or their guardian sees it.
import { CalendarClock, Timer, MessageCircleHeart } from "lucide-react";
import type { ReactNode } from "react";
import { useLocale } from "../../app/locale";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { DangerButton } from "../../shared/ui/DangerButton";
import type { Subject } from "./useErasing";
import type { Open, Scope } from "./wishes";
import { pendingText, wishText } from "./words";

type Props = {
  subject: Subject;
  scope: Scope;
  standing: Open;
  isBusy: boolean;
  onConfirm: () => void;
  onWithdraw: () => void;
};

export function OpenWish(props: Props) {
  const { standing } = props;
  const { locale } = useLocale();
  if (standing.is === "running") {
    return (
      <Box Icon={Timer} text={m.erase_running()}>
        <ButtonLink tone="quiet" to={`${paths.receipt}#${standing.receiptId}`}>
          {m.erase_to_receipt()}
        </ButtonLink>
      </Box>
    );
  }
  if (standing.is === "asked") return <Asked {...props} />;
  const { isOwn, isChild } = props.subject;
  return (
    <Box Icon={CalendarClock} text={pendingText(standing.destroyAt, locale)}>
      {!(isOwn && isChild) && (
        <>
          <TakeBack {...props} />
          <DangerButton data-testid="erase-now" onClick={props.onConfirm}>
            {m.erase_now()}
          </DangerButton>
        </>
      )}
    </Box>
  );
}

function Asked(props: Props) {
  const { subject, scope, standing, isBusy, onConfirm, onWithdraw } = props;
  const { locale } = useLocale();
  const { name, isOwn, byStaff } = subject;
  const time = formatDate(standing.requestedAt, "moment", locale);
  if (isOwn) {
    return (
      <Box Icon={MessageCircleHeart} text={m.erase_asked_own({ time })}>
        <TakeBack {...props} />
      </Box>
    );
  }
  return (
    <Box
      Icon={MessageCircleHeart}
      text={wishText(scope, name)}
      note={byStaff ? m.receipt_asked() : m.erase_wish_since({ time })}
    >
      <Button tone="quiet" data-testid="decline" aria-disabled={isBusy} onClick={onWithdraw}>
        {m.erase_decline()}
      </Button>
      <DangerButton data-testid="confirm-wish" onClick={onConfirm}>
        {m.erase_confirm()}
      </DangerButton>
    </Box>
  );
}

function TakeBack({ isBusy, onWithdraw }: Pick<Props, "isBusy" | "onWithdraw">) {
  return (
    <Button data-testid="take-back" aria-disabled={isBusy} onClick={onWithdraw}>
      {m.erase_withdraw()}
    </Button>
  );
}

type BoxProps = {
  Icon: typeof Timer;
  text: string;
  note?: string;
  children: ReactNode;
};

function Box({ Icon, text, note, children }: BoxProps) {
  return (
    <div
      data-testid="open-wish"
      className="flex flex-col gap-3 rounded-2xl border-2 border-amber bg-sun-soft p-4"
    >
      <div className="flex gap-3">
        <Icon className="mt-0.5 size-6 shrink-0" aria-hidden />
        <div className="flex min-w-0 flex-col gap-1 wrap-anywhere">
          <p className="font-semibold">{text}</p>
          {note !== undefined && <p>{note}</p>}
        </div>
      </div>
      <div className="flex flex-wrap gap-2.5 empty:hidden">{children}</div>
    </div>
  );
}
