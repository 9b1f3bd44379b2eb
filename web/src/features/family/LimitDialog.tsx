// How many questions a day: as many as the zoo allows, or a number.
import { useState } from "react";
import { m } from "../../paraglide/messages.js";
import { text, useForm } from "../../shared/lib/useForm";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { Field, FormError, INPUT } from "../../shared/ui/Field";
import { controlsErrorText } from "./controlsError";
import { MOST_QUESTIONS, limitOf } from "./family";

type Props = {
  name: string;
  limit: number | null;
  onSave: (limit: number | null) => Promise<void>;
  onClose: () => void;
};

/** Offered where none is set yet. */
const USUAL = 20;

export function LimitDialog({ name, limit, onSave, onClose }: Props) {
  const [isLimited, setLimited] = useState(limit !== null);
  const form = useForm<string>(
    (fields) =>
      isLimited && limitOf(text(fields, "limit")) === null
        ? { error: m.family_limit_error(), field: "limit" }
        : null,
    async (fields) => {
      await onSave(isLimited ? limitOf(text(fields, "limit")) : null);
      onClose();
    },
    (cause) => ({ error: controlsErrorText(cause), field: "limit" }),
  );
  return (
    <Dialog title={m.family_limit_title({ name })} closeLabel={m.app_close()} onClose={onClose}>
      <p className="text-ink-soft">{m.family_limit_body()}</p>
      <form {...form.props} className="flex flex-col gap-4">
        <fieldset className="flex flex-col gap-1">
          <legend className="sr-only">{m.family_limit_label()}</legend>
          <Choice
            label={m.family_limit_none()}
            isChosen={!isLimited}
            onChoose={() => setLimited(false)}
          />
          <Choice
            label={m.family_limit_some()}
            isChosen={isLimited}
            onChoose={() => setLimited(true)}
          />
        </fieldset>
        {isLimited && (
          <Field label={m.family_limit_count()}>
            {(id) => (
              <input
                id={id}
                name="limit"
                type="number"
                inputMode="numeric"
                min={1}
                max={MOST_QUESTIONS}
                step={1}
                defaultValue={limit ?? USUAL}
                className={INPUT}
                {...form.described("limit")}
              />
            )}
          </Field>
        )}
        <FormError id={form.errorId} text={form.error} />
        <Button type="submit" aria-disabled={form.busy}>
          {form.busy ? m.app_saving() : m.family_limit_save()}
        </Button>
      </form>
    </Dialog>
  );
}

type ChoiceProps = { label: string; isChosen: boolean; onChoose: () => void };

function Choice({ label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-3 rounded-2xl px-3 font-semibold hover:bg-sunken has-checked:bg-leaf">
      <input
        type="radio"
        name="kind"
        checked={isChosen}
        onChange={onChoose}
        data-autofocus={isChosen || undefined}
        className="size-5 accent-forest"
      />
      {label}
    </label>
  );
}
