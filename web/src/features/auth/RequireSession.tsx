import { Navigate, Outlet, useLocation } from "react-router";
import { session } from "../../api/client";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { PageLoading } from "../../shared/ui/PageLoading";
import { UserContext, useSessionState } from "./useSession";

/**
 * Shows the pages below it to a signed-in user, or to a visitor who chose to go without an account;
 * everybody else signs in first and comes back.
 */
export function RequireSession() {
  const state = useSessionState();
  const { pathname, search } = useLocation();
  switch (state.status) {
    case "restoring":
      return <PageLoading label={m.app_loading()} />;
    case "unreachable":
      return <Unreachable />;
    case "signedOut":
      return (
        <Navigate
          to={paths.signIn}
          replace
          state={state.byChoice ? null : { from: pathname + search }}
        />
      );
    case "visiting":
    case "signedIn":
      return (
        <UserContext value={state.status === "signedIn" ? state.user : null}>
          <Outlet />
        </UserContext>
      );
  }
}

function Unreachable() {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <Notice title={m.app_unreachable_title()} body={m.app_unreachable_body()}>
        <Button onClick={() => void session.restore()}>{m.app_try_again()}</Button>
      </Notice>
    </main>
  );
}
