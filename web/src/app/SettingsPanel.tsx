// What the settings hold: language, one's own pages, signing in or out. Loaded when they are opened first.
import { useQueryClient } from "@tanstack/react-query";
import { Fingerprint, KeyRound, LogIn, LogOut } from "lucide-react";
import type { MouseEvent } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { session } from "../api/client";
import type { User } from "../api/types";
import { useUser } from "../features/auth/useSession";
import { m } from "../paraglide/messages.js";
import { LanguageSwitch } from "./LanguageSwitch";
import { entriesOf } from "./entries";
import { paths } from "./paths";

export default function SettingsPanel() {
  const user = useUser();
  return (
    <>
      <p className="px-1 pb-3 wrap-anywhere text-sm text-ink-soft">
        {user ? m.app_signed_in_as({ name: user.displayName }) : m.app_without_account()}
      </p>
      <LanguageSwitch />
      {user ? <Own user={user} /> : <SignIn />}
    </>
  );
}

const ENTRY =
  "flex min-h-11 w-full items-center gap-3 rounded-2xl px-3 font-bold hover:bg-sunken aria-[current=page]:bg-leaf aria-[current=page]:text-forest [&_svg]:size-5";

function Own({ user }: { user: User }) {
  const queries = useQueryClient();
  const signOut = () => {
    session.signOut();
    // What one person has read is not left for the next one on the same device.
    queries.clear();
  };
  return (
    <>
      <nav aria-label={m.app_menu_all()} className="mt-3 border-y border-line py-2">
        {entriesOf(user).map(({ to, label, Icon }) => (
          <NavLink key={to} to={to} end onClick={closeMenu} className={ENTRY}>
            <Icon aria-hidden />
            {label}
          </NavLink>
        ))}
      </nav>
      <NavLink to={paths.password} end onClick={closeMenu} className={`${ENTRY} mt-2`}>
        <KeyRound aria-hidden />
        {m.app_password()}
      </NavLink>
      <NavLink to={paths.privacy} end onClick={closeMenu} className={ENTRY}>
        <Fingerprint aria-hidden />
        {m.privacy_title()}
      </NavLink>
      <button type="button" onClick={signOut} className={ENTRY}>
        <LogOut aria-hidden />
        {m.app_sign_out()}
      </button>
    </>
  );
}

/** Another page has a menu of its own; the page one is on already stays, and its menu would too. */
function closeMenu({ currentTarget }: MouseEvent<HTMLElement>) {
  currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
}

function SignIn() {
  const { pathname, search } = useLocation();
  return (
    <Link to={paths.signIn} state={{ from: pathname + search }} className={`${ENTRY} mt-2`}>
      <LogIn aria-hidden />
      {m.signin_title()}
    </Link>
  );
}
