// What the settings hold: language, one's own pages, signing in or out. Loaded when they are opened first.
import { useQueryClient } from "@tanstack/react-query";
import { History, KeyRound, LogIn, LogOut, UsersRound } from "lucide-react";
import { Link, useLocation } from "react-router";
import { session } from "../api/client";
import { useUser } from "../features/auth/useSession";
import { m } from "../paraglide/messages.js";
import { LanguageSwitch } from "./LanguageSwitch";
import { paths } from "./paths";

export default function SettingsPanel() {
  const user = useUser();
  return (
    <>
      <p className="px-1 pb-3 wrap-anywhere text-sm text-ink-soft">
        {user ? m.app_signed_in_as({ name: user.displayName }) : m.app_without_account()}
      </p>
      <LanguageSwitch />
      {user ? <Own isAdministrator={user.role === "administrator"} /> : <SignIn />}
    </>
  );
}

const ENTRY =
  "mt-2 flex min-h-11 w-full items-center gap-3 rounded-2xl px-3 font-bold hover:bg-sunken [&_svg]:size-5";

function Own({ isAdministrator }: { isAdministrator: boolean }) {
  const queries = useQueryClient();
  const signOut = () => {
    session.signOut();
    // What one person has read is not left for the next one on the same device.
    queries.clear();
  };
  return (
    <>
      <Link to={paths.history} className={ENTRY}>
        <History aria-hidden />
        {m.history_title()}
      </Link>
      {isAdministrator && (
        <Link to={paths.accounts} className={ENTRY}>
          <UsersRound aria-hidden />
          {m.accounts_title()}
        </Link>
      )}
      <Link to={paths.password} className={ENTRY}>
        <KeyRound aria-hidden />
        {m.app_password()}
      </Link>
      <button type="button" onClick={signOut} className={ENTRY}>
        <LogOut aria-hidden />
        {m.app_sign_out()}
      </button>
    </>
  );
}

function SignIn() {
  const { pathname, search } = useLocation();
  return (
    <Link to={paths.signIn} state={{ from: pathname + search }} className={ENTRY}>
      <LogIn aria-hidden />
      {m.signin_title()}
    </Link>
  );
}
