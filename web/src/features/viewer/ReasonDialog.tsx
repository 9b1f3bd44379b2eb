// Staff say why they open a child's conversation, which counts for this visit, or what else they do about a child.
import { useRef, useState, type FormEvent } from "react";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { Field, FormError, INPUT } from "../../shared/ui/Field";
import { LONGEST_REASON } from "./reason";

type Props = {
  title?: string;
  body?: string;
  hint?: string;
  submit?: string;
  onReason: (reason: string) => void;
  onClose: () => void;
};

export function ReasonDialog({
  title = m.reason_title(),
  body = m.reason_body(),
  hint = m.reason_hint(),
  submit = m.reason_submit(),
  onReason,
  onClose,
}: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [isMissing, setMissing] = useState(false);
  const check = (event: FormEvent) => {
    event.preventDefault();
    // A header is one line.
    const reason = (field.current?.value ?? "").replace(/\s+/g, " ").trim();
    const { length } = [...reason];
    if (length > 0 && length <= LONGEST_REASON) return onReason(reason);
    setMissing(true);
    field.current?.focus();
  };
  return (
    <Dialog title={title} closeLabel={m.app_close()} onClose={onClose}>
      <p className="text-ink-soft">{body}</p>
      <form onSubmit={check} noValidate className="flex flex-col gap-4">
        <Field label={m.reason_label()} hint={hint}>
          {(id) => (
            <textarea
              id={id}
              ref={field}
              name="reason"
              rows={3}
              maxLength={LONGEST_REASON}
              aria-invalid={isMissing}
              data-autofocus
              className={`${INPUT} py-3`}
            />
          )}
        </Field>
        <FormError text={isMissing ? m.reason_missing() : null} />
        <Button type="submit">{submit}</Button>
      </form>
    </Dialog>
  );
}
