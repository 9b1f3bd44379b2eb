// An account for a child. Afterwards the dialog says how the child signs in: nobody writes it in a letter.
import { useState } from "react";
import { ApiProblem } from "../../api/problem";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { text, useForm } from "../../shared/lib/useForm";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { Field, FormError, INPUT, PasswordInput } from "../../shared/ui/Field";
import { changeErrorText } from "../accounts/useAccounts";
import { willDo } from "../auth/newPassword";
import { forChild, isUsername } from "./family";
import { useAddChild } from "./useFamily";

type Failure = { error: string; field: string };
type Made = { userId: string; name: string; username: string };

function check(fields: FormData): Failure | null {
  if (text(fields, "displayName").trim() === "") {
    return { error: m.accounts_error_name(), field: "displayName" };
  }
  if (!isUsername(text(fields, "username").trim())) {
    return { error: m.family_add_username_bad(), field: "username" };
  }
  if (willDo(text(fields, "password"))) return null;
  return { error: m.password_error_length(), field: "password" };
}

function failureOf(cause: unknown): Failure {
  const code = cause instanceof ApiProblem ? cause.code : null;
  if (code === "username_taken") return { error: m.family_add_taken(), field: "username" };
  // What is typed was checked before: what does not fit is the number of children.
  if (code === "invalid") return { error: m.family_add_full(), field: "displayName" };
  return { error: changeErrorText(cause), field: "displayName" };
}

type Props = { familyId: string; onClose: () => void };

export function NewChildDialog({ familyId, onClose }: Props) {
  const [made, setMade] = useState<Made | null>(null);
  if (made) return <HowToSignIn {...made} onClose={onClose} />;
  return <NewChildForm familyId={familyId} onMade={setMade} onClose={onClose} />;
}

type FormProps = Props & { onMade: (made: Made) => void };

function NewChildForm({ familyId, onMade, onClose }: FormProps) {
  const add = useAddChild(familyId);
  const form = useForm<string>(
    check,
    async (fields) => {
      const displayName = text(fields, "displayName").trim();
      const username = text(fields, "username").trim();
      const { userId } = await add({ displayName, username, password: text(fields, "password") });
      onMade({ userId, name: displayName, username });
    },
    failureOf,
  );
  return (
    <Dialog title={m.family_add_title()} closeLabel={m.app_close()} onClose={onClose}>
      <p className="text-ink-soft">{m.family_add_body()}</p>
      <form {...form.props} className="flex flex-col gap-4">
        <Field label={m.family_add_name()}>
          {(id) => (
            <input
              id={id}
              name="displayName"
              maxLength={100}
              autoComplete="off"
              data-autofocus
              className={INPUT}
              {...form.described("displayName")}
            />
          )}
        </Field>
        <Field label={m.family_add_username()} hint={m.family_add_username_hint()}>
          {(id) => (
            <input
              id={id}
              name="username"
              maxLength={32}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              className={INPUT}
              {...form.described("username")}
            />
          )}
        </Field>
        <Field label={m.family_add_password()} hint={m.password_rule()}>
          {(id) => (
            <PasswordInput
              id={id}
              name="password"
              autoComplete="new-password"
              showLabel={m.signin_show_password()}
              {...form.described("password")}
            />
          )}
        </Field>
        <FormError id={form.errorId} text={form.error} />
        <Button type="submit" aria-disabled={form.busy}>
          {form.busy ? m.app_saving() : m.family_add_submit()}
        </Button>
      </form>
    </Dialog>
  );
}

function HowToSignIn({ userId, name, username, onClose }: Made & { onClose: () => void }) {
  return (
    <Dialog title={m.family_added_title({ name })} closeLabel={m.app_close()} onClose={onClose}>
      <p role="status" className="wrap-anywhere">
        {m.family_added_body({ name, username })}
      </p>
      <div className="flex flex-wrap justify-end gap-2.5">
        <Button tone="quiet" onClick={onClose}>
          {m.consent_later()}
        </Button>
        <ButtonLink data-autofocus data-testid="to-consent" to={forChild(paths.consent, userId)}>
          {m.consent_give()}
        </ButtonLink>
      </div>
    </Dialog>
  );
}
