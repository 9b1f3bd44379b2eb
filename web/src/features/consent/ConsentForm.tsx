// The choice: what for, and how it was made sure who says it.
import { useEffect, useRef, useState, type FormEvent } from "react";
import { ApiProblem } from "../../api/problem";
import type { Consent, Notice } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { FormError } from "../../shared/ui/Field";
import { changeErrorText } from "../accounts/useAccounts";
import { MethodField, ScopeFields } from "./ConsentFields";
import { WithdrawDialog } from "./WithdrawDialog";
import { NOTHING, flawOf, isNothing, isSame, startOf, standingOf, type Choice } from "./consent";
import { useChangeConsent } from "./useConsent";
import { flawText } from "./words";

type Props = { consent: Consent; notice: Notice; name: string; onChanged: () => void };

/** What is chosen, and what came of it. */
function useChoice({ consent, notice, name, onChanged }: Props) {
  const start = startOf(consent);
  const [choice, setChoice] = useState<Choice>(start);
  const [error, setError] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const change = useChangeConsent(consent.childId);
  const choose = (next: Choice) => {
    setChoice(next);
    setSaid(null);
    setError(null);
  };
  const agree = async (event: FormEvent) => {
    event.preventDefault();
    if (change.isPending) return;
    const flaw = flawOf(choice);
    if (flaw !== null) {
      setError(flawText(flaw));
      const field = flaw === "scopes" ? "collect" : "method";
      form.current?.querySelector<HTMLElement>(`[name=${field}]`)?.focus();
      return;
    }
    setError(null);
    try {
      const now = await change.mutateAsync({ choice, noticeVersion: notice.version });
      const isTalking = standingOf(now) === "given";
      setSaid(isTalking ? m.consent_agreed({ name }) : m.consent_agreed_part({ name }));
    } catch (cause) {
      setError(errorText(cause));
      if (isRefused(cause)) onChanged();
    }
  };
  const withdraw = async () => {
    await change.mutateAsync(null);
    choose({ scopes: NOTHING, method: null });
    setSaid(m.consent_withdrawn({ name }));
  };
  const isGiven = !isNothing(consent.scopes);
  const hasNews = !isGiven || consent.askAgain || !isSame(choice, start);
  const isBusy = change.isPending;
  return { form, choice, choose, agree, withdraw, error, said, isGiven, hasNews, isBusy };
}

export function ConsentForm(props: Props) {
  const { form, choice, choose, said, isGiven, hasNews, isBusy, ...act } = useChoice(props);
  const [isWithdrawing, setWithdrawing] = useState(false);
  const saying = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that had the focus has gone.
    if (said !== null && document.activeElement === document.body) saying.current?.focus();
  }, [said, isWithdrawing]);
  return (
    <form
      ref={form}
      noValidate
      data-testid="consent-form"
      onSubmit={(event) => void act.agree(event)}
      className="flex flex-col gap-5 rounded-4xl border border-line bg-surface p-5 sm:p-6 lg:sticky lg:top-4"
    >
      <ScopeFields choice={choice} onChoose={choose} />
      <MethodField choice={choice} onChoose={choose} />
      <FormError text={act.error} />
      <p
        ref={saying}
        tabIndex={-1}
        role="status"
        className="rounded-2xl bg-leaf px-4 py-3 font-semibold wrap-anywhere empty:absolute empty:p-0"
      >
        {said}
      </p>
      <div className="flex flex-wrap gap-2.5">
        {hasNews && (
          <Button type="submit" data-testid="agree" aria-disabled={isBusy}>
            {isBusy ? m.app_saving() : isGiven ? m.consent_change() : m.consent_agree()}
          </Button>
        )}
        {isGiven && (
          <Button tone="quiet" data-testid="withdraw" onClick={() => setWithdrawing(true)}>
            {m.consent_withdraw()}
          </Button>
        )}
      </div>
      {isWithdrawing && (
        <WithdrawDialog
          name={props.name}
          onWithdraw={act.withdraw}
          onClose={() => setWithdrawing(false)}
        />
      )}
    </form>
  );
}

const isRefused = (cause: unknown) => cause instanceof ApiProblem && cause.status === 422;

/** What is chosen was checked before: what the server does not take is the notice. */
function errorText(cause: unknown): string {
  return isRefused(cause) ? m.consent_error_changed() : changeErrorText(cause);
}
