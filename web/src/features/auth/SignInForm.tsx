import { CircleAlert, Eye, EyeOff } from "lucide-react";
import { useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { IconButton } from "../../shared/ui/IconButton";
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
      <Field label={m.signin_email()}>
        {(id) => (
          <input
            id={id}
            ref={emailField}
            name="email"
            type="email"
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            className={INPUT}
            {...described}
          />
        )}
      </Field>
      <PasswordField described={described} />
      <div role="alert" id={errorId}>
        {error && (
          <p className="flex gap-3 rounded-2xl bg-danger-soft p-4 font-semibold text-danger">
            <CircleAlert className="mt-0.5 size-5 shrink-0" aria-hidden />
            {signInErrorText(error)}
          </p>
        )}
      </div>
      <Button type="submit" aria-disabled={busy} className="min-h-14 text-lg">
        {busy ? m.signin_submitting() : m.signin_submit()}
      </Button>
    </form>
  );
}

const INPUT =
  "min-h-13 w-full rounded-2xl border-2 border-line-strong bg-surface px-4 text-chat text-ink aria-invalid:border-danger";

function PasswordField({ described }: { described: object }) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={m.signin_password()}>
      {(id) => (
        <div className="relative">
          <input
            id={id}
            name="password"
            type={shown ? "text" : "password"}
            autoComplete="current-password"
            className={`${INPUT} pr-14`}
            {...described}
          />
          <IconButton
            label={m.signin_show_password()}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute top-1 right-1.5"
          >
            {shown ? <EyeOff /> : <Eye />}
          </IconButton>
        </div>
      )}
    </Field>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-bold">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
