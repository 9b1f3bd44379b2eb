// What will be gone, when, and once more whether it is meant. A child only asks.
import { useState, type ComponentProps } from "react";
import { m } from "../../paraglide/messages.js";
import { text, useForm } from "../../shared/lib/useForm";
import { Button } from "../../shared/ui/Button";
import { DangerButton } from "../../shared/ui/DangerButton";
import { Dialog } from "../../shared/ui/Dialog";
import { Field, FormError, INPUT } from "../../shared/ui/Field";
import { LONGEST_REASON } from "../viewer/reason";
import { needsReason, type Subject, type Wanted } from "./useErasing";
import { isTyped, type Scope } from "./wishes";
import { doText, eraseErrorText, scopeBody } from "./words";

type Props = {
  subject: Subject;
  scope: Scope;
  /** It waits already: what is left to choose is that it goes at once. */
  isPending: boolean;
  onErase: (wanted: Wanted) => Promise<unknown>;
  onClose: () => void;
};

export function EraseDialog({ subject, scope, isPending, onErase, onClose }: Props) {
  const { name, isOwn, isChild } = subject;
  const asks = isOwn && isChild;
  const hasChoice = isChild && !isOwn && !isPending;
  const [isNow, setNow] = useState(!hasChoice && !asks);
  const form = useForm<string>(
    (fields) => (asks ? null : doubtOf(fields, scope, subject)),
    async (fields) => {
      await onErase({ reason: text(fields, "reason"), immediate: isNow });
      onClose();
    },
    (cause) => ({ error: eraseErrorText(cause, subject), field: "reason" }),
  );
  const title = asks ? m.erase_ask_title() : titleOf(scope, subject);
  return (
    <Dialog title={title} closeLabel={m.app_close()} onClose={onClose}>
      <p>{scopeBody(scope)}</p>
      {asks && <p>{m.erase_ask_body()}</p>}
      {!asks && !hasChoice && <p className="font-semibold">{m.erase_at_once()}</p>}
      <form {...form.props} className="flex flex-col gap-4">
        {hasChoice && <When isNow={isNow} onChoose={setNow} />}
        <Reason subject={subject} described={form.described} />
        {!asks && <Sure scope={scope} name={name} described={form.described} />}
        <FormError id={form.errorId} text={form.error} />
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button tone="quiet" data-autofocus onClick={onClose}>
            {asks ? m.app_cancel() : m.erase_keep()}
          </Button>
          {asks ? (
            <Button type="submit" data-testid="confirm-erase" aria-disabled={form.busy}>
              {form.busy ? m.app_sending() : m.erase_ask_submit()}
            </Button>
          ) : (
            <DangerButton
              type="submit"
              tone="full"
              data-testid="confirm-erase"
              aria-disabled={form.busy}
            >
              {form.busy ? m.erase_busy() : doText(scope)}
            </DangerButton>
          )}
        </div>
      </form>
    </Dialog>
  );
}

type Described = (field: string) => ComponentProps<"input">;

function Reason({ subject, described }: { subject: Subject; described: Described }) {
  const label = needsReason(subject) ? m.reason_label() : m.erase_reason();
  return (
    <Field label={label} hint={subject.byStaff ? m.erase_reason_read() : m.erase_reason_hint()}>
      {(id) => (
        <input
          id={id}
          name="reason"
          maxLength={LONGEST_REASON}
          autoComplete="off"
          className={INPUT}
          {...described("reason")}
        />
      )}
    </Field>
  );
}

type SureProps = {
  scope: Scope;
  name: string;
  described: Described;
};

/** Once more whether it is meant: an account goes by its name only. */
function Sure({ scope, name, described }: SureProps) {
  if (scope === "account") {
    return (
      <Field label={m.erase_type({ name })}>
        {(id) => (
          <input
            id={id}
            name="typed"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className={INPUT}
            {...described("typed")}
          />
        )}
      </Field>
    );
  }
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-3 rounded-2xl px-3 py-2 font-semibold hover:bg-sunken has-checked:bg-danger-soft">
      <input
        type="checkbox"
        name="sure"
        className="size-6 shrink-0 accent-danger"
        {...described("sure")}
      />
      {m.erase_sure()}
    </label>
  );
}

function doubtOf(fields: FormData, scope: Scope, subject: Subject) {
  const { name } = subject;
  if (needsReason(subject) && text(fields, "reason").trim() === "") {
    return { error: m.reason_missing(), field: "reason" };
  }
  if (scope === "account") {
    if (isTyped(text(fields, "typed"), name)) return null;
    return { error: m.erase_type_wrong({ name }), field: "typed" };
  }
  return fields.has("sure") ? null : { error: m.erase_sure_missing(), field: "sure" };
}

function titleOf(scope: Scope, { name, isOwn }: Subject): string {
  if (isOwn) return scope === "account" ? m.erase_own_account() : m.erase_own_conversations();
  return scope === "account"
    ? m.erase_account_title({ name })
    : m.erase_conversations_title({ name });
}

type WhenProps = { isNow: boolean; onChoose: (isNow: boolean) => void };

function When({ isNow, onChoose }: WhenProps) {
  const choices = [
    { now: false, label: m.erase_when_later() },
    { now: true, label: m.erase_when_now() },
  ];
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-bold">{m.erase_when()}</legend>
      {choices.map(({ now, label }) => (
        <label
          key={label}
          className="flex min-h-11 cursor-pointer gap-3 rounded-2xl p-3 hover:bg-sunken has-checked:bg-leaf"
        >
          <input
            type="radio"
            name="when"
            value={now ? "now" : "later"}
            checked={isNow === now}
            onChange={() => onChoose(now)}
            className="mt-0.5 size-5 shrink-0 accent-forest"
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
