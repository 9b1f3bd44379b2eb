import { Link, Navigate, useLocation } from "react-router";
import { session } from "../../api/client";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { PageLoading } from "../../shared/ui/PageLoading";
import { EntryLayout } from "./EntryLayout";
import { SignInForm } from "./SignInForm";
import { VisitorEntry } from "./VisitorEntry";
import { useSessionState } from "./useSession";

export default function SignInPage() {
  const state = useSessionState();
  const target = useTarget();
  if (state.status === "signedIn") return <Navigate to={target} replace />;
  if (state.status === "restoring") return <PageLoading label={m.app_loading()} />;
  return (
    <EntryLayout title={m.signin_title()} intro={m.signin_intro()}>
      <SignInForm signIn={(email, password) => session.signIn(email, password)} />
      <p className="mt-3 text-center">
        <Link
          to={paths.resetPassword}
          className="inline-flex min-h-11 items-center px-3 font-bold text-forest underline underline-offset-4"
        >
          {m.signin_forgot()}
        </Link>
      </p>
      <VisitorEntry target={target} />
    </EntryLayout>
  );
}

/** Where one wanted to go before being asked to sign in; only ever a place of this app. */
function useTarget(): string {
  const state: unknown = useLocation().state;
  const from = (state as { from?: unknown } | null)?.from;
  const isPlace = typeof from === "string" && /^\/(?!\/)/.test(from);
  return isPlace ? from : paths.animals;
}
