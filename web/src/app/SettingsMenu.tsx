// Language and signing in or out, behind one button. A native popover: it closes on Escape and on a tap
// elsewhere, and gives the focus back.
import { useQueryClient } from "@tanstack/react-query";
import { LogIn, LogOut, Settings2 } from "lucide-react";
import { useId } from "react";
import { Link, useLocation } from "react-router";
import { session } from "../api/client";
import { useUser } from "../features/auth/useSession";
import { m } from "../paraglide/messages.js";
import { IconButton } from "../shared/ui/IconButton";
import { LanguageSwitch } from "./LanguageSwitch";
import { paths } from "./paths";

export function SettingsMenu() {
  const panel = useId();
  const user = useUser();
  return (
    <>
      <IconButton label={m.app_menu()} popoverTarget={panel}>
        <Settings2 />
      </IconButton>
      <div
        id={panel}
        popover="auto"
        className="settings-panel w-72 rounded-3xl border border-line bg-surface p-4 text-ink shadow-lift"
      >
        <p className="px-1 pb-3 wrap-anywhere text-sm text-ink-soft">
          {user ? m.app_signed_in_as({ name: user.displayName }) : m.app_without_account()}
        </p>
        <LanguageSwitch />
        {user ? <SignOut /> : <SignIn />}
      </div>
    </>
  );
}

const ENTRY =
  "mt-2 flex min-h-11 w-full items-center gap-3 rounded-2xl px-3 font-bold hover:bg-sunken";

function SignOut() {
  const queries = useQueryClient();
  const signOut = () => {
    session.signOut();
    // What one person has read is not left for the next one on the same device.
    queries.clear();
  };
  return (
    <button type="button" onClick={signOut} className={ENTRY}>
      <LogOut className="size-5" aria-hidden />
      {m.app_sign_out()}
    </button>
  );
}

function SignIn() {
  const { pathname } = useLocation();
  return (
    <Link to={paths.signIn} state={{ from: pathname }} className={ENTRY}>
      <LogIn className="size-5" aria-hidden />
      {m.signin_title()}
    </Link>
  );
}
