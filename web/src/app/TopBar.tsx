// The bar above every page but a conversation: home, past conversations, settings.
import { History } from "lucide-react";
import { Link, NavLink } from "react-router";
import { useUser } from "../features/auth/useSession";
import { m } from "../paraglide/messages.js";
import { cn } from "../shared/lib/cn";
import { Wordmark } from "../shared/ui/Wordmark";
import { SettingsMenu } from "./SettingsMenu";
import { paths } from "./paths";

export function TopBar() {
  const user = useUser();
  return (
    <header className="flex items-center gap-2 py-3.5 print:hidden">
      <Link
        to={paths.animals}
        aria-label={m.app_home()}
        className="mr-auto flex min-h-11 items-center rounded-full"
      >
        <Wordmark />
      </Link>
      {user && (
        <NavLink
          to={paths.history}
          aria-label={m.history_title()}
          className={({ isActive }) =>
            cn(
              "flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-full font-bold text-ink-soft transition-colors hover:bg-sunken hover:text-ink sm:px-4",
              isActive && "bg-leaf text-forest",
            )
          }
        >
          <History className="size-6 sm:size-5" aria-hidden />
          <span className="hidden sm:inline">{m.history_title()}</span>
        </NavLink>
      )}
      <SettingsMenu />
    </header>
  );
}
