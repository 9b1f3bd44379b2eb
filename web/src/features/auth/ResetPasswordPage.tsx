// A new password by a link. Without a link: a form to ask for one. The secret stands in the fragment of the
// address, which no browser sends; it is taken out of the address bar at once and kept in memory.
import { useQueryClient } from "@tanstack/react-query";
import { MailCheck, PartyPopper } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { session } from "../../api/client";
import { send } from "../../api/send";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { EmailInput, Field, FormError } from "../../shared/ui/Field";
import { EntryLayout } from "./EntryLayout";
import { NewPasswordField } from "./NewPasswordField";
import {
  newPasswordErrorOf,
  newPasswordErrorText,
  willDo,
  type NewPasswordError,
} from "./newPassword";
import { text, useForm } from "../../shared/lib/useForm";

export default function ResetPasswordPage() {
  const [token, forget] = useTokenOfLink();
  return token === "" ? <Ask /> : <Choose key={token} token={token} onAgain={forget} />;
}

function useTokenOfLink() {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const [token, setToken] = useState(hash.slice(1));
  useEffect(() => {
    if (hash === "") return;
    setToken(hash.slice(1));
    void navigate(paths.resetPassword, { replace: true });
  }, [hash, navigate]);
  return [token, () => setToken("")] as const;
}

function Ask() {
  const [asked, setAsked] = useState(false);
  const form = useForm<"missing" | NewPasswordError>(
    (fields) => (text(fields, "email").trim() === "" ? { error: "missing", field: "email" } : null),
    async (fields) => {
      await send("post", "/auth/password/reset", { body: { email: text(fields, "email").trim() } });
      setAsked(true);
    },
    (cause) => ({ error: newPasswordErrorOf(cause), field: "email" }),
  );
  if (asked) {
    return (
      <EntryLayout title={m.reset_asked_title()} intro={m.reset_asked_body()}>
        <Done icon={<MailCheck />} />
      </EntryLayout>
    );
  }
  const { error } = form;
  return (
    <EntryLayout title={m.reset_title()} intro={m.reset_intro()}>
      <form {...form.props} className="flex flex-col gap-5">
        <Field label={m.signin_email()}>
          {(id) => <EmailInput id={id} {...form.described("email")} />}
        </Field>
        <FormError id={form.errorId} text={error && askErrorText(error)} />
        <Button type="submit" aria-disabled={form.busy} className="min-h-14 text-lg">
          {form.busy ? m.app_sending() : m.reset_submit()}
        </Button>
        <BackToSignIn />
      </form>
    </EntryLayout>
  );
}

function askErrorText(error: "missing" | NewPasswordError): string {
  if (error === "missing" || error === "wrong") return m.reset_error_email();
  return newPasswordErrorText(error);
}

function Choose({ token, onAgain }: { token: string; onAgain: () => void }) {
  const [done, setDone] = useState(false);
  const queries = useQueryClient();
  const form = useForm<NewPasswordError>(
    (fields) =>
      willDo(text(fields, "newPassword")) ? null : { error: "length", field: "newPassword" },
    async (fields) => {
      const newPassword = text(fields, "newPassword");
      await send("post", "/auth/password/reset/confirm", { body: { token, newPassword } });
      // All sign-ins of the account have ended, this tab's among them if it is the same account's.
      session.signOut();
      queries.clear();
      setDone(true);
    },
    (cause) => ({ error: newPasswordErrorOf(cause), field: "newPassword" }),
  );
  if (done) {
    return (
      <EntryLayout title={m.reset_done_title()} intro={m.reset_done_body()}>
        <Done icon={<PartyPopper />} />
      </EntryLayout>
    );
  }
  if (form.error === "link") return <TooOld onAgain={onAgain} />;
  return (
    <EntryLayout title={m.reset_choose_title()} intro={m.reset_choose_intro()}>
      <form {...form.props} className="flex flex-col gap-5">
        <NewPasswordField {...form.described("newPassword")} />
        <FormError id={form.errorId} text={form.error && newPasswordErrorText(form.error)} />
        <Button type="submit" aria-disabled={form.busy} className="min-h-14 text-lg">
          {form.busy ? m.app_saving() : m.password_save()}
        </Button>
      </form>
    </EntryLayout>
  );
}

function TooOld({ onAgain }: { onAgain: () => void }) {
  return (
    <EntryLayout title={m.reset_old_title()} intro={m.password_error_link()}>
      <Button onClick={onAgain} className="min-h-14 w-full text-lg">
        {m.reset_again()}
      </Button>
      <BackToSignIn />
    </EntryLayout>
  );
}

function Done({ icon }: { icon: ReactNode }) {
  return (
    <>
      <div
        className="mb-7 grid size-24 place-items-center rounded-full bg-sun text-scene [&_svg]:size-11"
        aria-hidden
      >
        {icon}
      </div>
      <ButtonLink to={paths.signIn} className="min-h-14 w-full text-lg">
        {m.reset_to_sign_in()}
      </ButtonLink>
    </>
  );
}

function BackToSignIn() {
  return (
    <p className="text-center">
      <Link
        to={paths.signIn}
        className="inline-flex min-h-11 items-center px-3 font-bold text-forest underline underline-offset-4"
      >
        {m.reset_to_sign_in()}
      </Link>
    </p>
  );
}
