import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { session } from "../../api/client";
import { send } from "../../api/send";
import { PageFrame } from "../../app/PageFrame";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Field, FormError, PasswordInput } from "../../shared/ui/Field";
import { Notice } from "../../shared/ui/Notice";
import { NewPasswordField } from "./NewPasswordField";
import {
  newPasswordErrorOf,
  newPasswordErrorText,
  willDo,
  type NewPasswordError,
} from "./newPassword";
import { text, useForm } from "../../shared/lib/useForm";
import { useUser } from "./useSession";

/** Changing one's own password; whoever has no account has none to change. */
export default function PasswordPage() {
  const user = useUser();
  return (
    <PageFrame title={m.password_title()} intro={m.password_intro()} narrow>
      {user ? <ChangeForm email={user.email} /> : <Notice title={m.app_without_account()} />}
    </PageFrame>
  );
}

function check(fields: FormData): { error: NewPasswordError; field: string } | null {
  if (text(fields, "currentPassword") === "") return { error: "wrong", field: "currentPassword" };
  return willDo(text(fields, "newPassword")) ? null : { error: "length", field: "newPassword" };
}

function ChangeForm({ email }: { email: string }) {
  const [saved, setSaved] = useState(false);
  const form = useForm<NewPasswordError>(
    check,
    async (fields) => {
      setSaved(false);
      const body = {
        currentPassword: text(fields, "currentPassword"),
        newPassword: text(fields, "newPassword"),
      };
      await send("post", "/auth/password", { body, fetch: session.fetch });
      form.clear();
      setSaved(true);
    },
    (cause) => ({ error: newPasswordErrorOf(cause), field: "currentPassword" }),
  );
  return (
    <form {...form.props} className="flex flex-col gap-5">
      {/* So that a password manager knows whose it is. */}
      <input name="username" autoComplete="username" value={email} readOnly hidden />
      <Field label={m.password_current()}>
        {(id) => (
          <PasswordInput
            id={id}
            name="currentPassword"
            autoComplete="current-password"
            showLabel={m.signin_show_password()}
            {...form.described("currentPassword")}
          />
        )}
      </Field>
      <NewPasswordField {...form.described("newPassword")} />
      <FormError id={form.errorId} text={form.error && newPasswordErrorText(form.error)} />
      <Button type="submit" aria-disabled={form.busy} className="min-h-14 text-lg">
        {form.busy ? m.app_saving() : m.password_save()}
      </Button>
      <p role="status" className="font-semibold text-forest">
        {saved && (
          <span className="flex gap-2.5 rounded-2xl bg-leaf p-4">
            <CircleCheck className="mt-0.5 size-5 shrink-0" aria-hidden />
            {m.password_saved()}
          </span>
        )}
      </p>
    </form>
  );
}
