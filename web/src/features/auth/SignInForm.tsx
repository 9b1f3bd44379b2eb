import { useId, useRef, useState, type FormEvent } from "react";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { EmailInput, Field, FormError, PasswordInput } from "../../shared/ui/Field";
import { signInErrorOf, signInErrorText, type SignInError } from "./signInError";

type Props = { signIn: (email: string, password: string) => Promise<void> };

export function SignInForm({ signIn }: Props) {
  const [error, setError] = useState<SignInError | null>(null);
  const [busy, setBusy] = useState(false);
  const errorId = useId();
  const emailField = useRef<HTMLInputElement>(null);

  const fail = (error: SignInError) => {
    setError(error);
    emailField.current?.focus();
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get("email")).trim();
    const password = String(fields.get("password"));
    if (email === "" || password === "") return fail("missing");
    setError(null);
    setBusy(true);
    await signIn(email, password).catch((cause: unknown) => fail(signInErrorOf(cause)));
    setBusy(false);
  };
  const invalid = error === "missing" || error === "wrong";
  const described = { "aria-invalid": invalid, "aria-describedby": error ? errorId : undefined };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      <Field label={m.signin_name()}>
        {(id) => <EmailInput id={id} ref={emailField} type="text" {...described} />}
      </Field>
      <Field label={m.signin_password()}>
        {(id) => (
          <PasswordInput
            id={id}
            name="password"
            autoComplete="current-password"
            showLabel={m.signin_show_password()}
            {...described}
          />
        )}
      </Field>
      <FormError id={errorId} text={error && signInErrorText(error)} />
      <Button type="submit" aria-disabled={busy} className="min-h-14 text-lg">
        {busy ? m.signin_submitting() : m.signin_submit()}
      </Button>
    </form>
  );
}
