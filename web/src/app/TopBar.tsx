// The bar above every page but a conversation: home, the pages one goes to most, settings.
import { Link, NavLink } from "react-router";
import { useUser } from "../features/auth/useSession";
import { m } from "../paraglide/messages.js";
import { cn } from "../shared/lib/cn";
import { Wordmark } from "../shared/ui/Wordmark";
import { SettingsMenu } from "./SettingsMenu";
import { entriesOf } from "./entries";
import { paths } from "./paths";

export function TopBar() {
  const user = useUser();
  const entries = user ? entriesOf(user).filter(({ inBar }) => inBar) : [];
  return (
    <header className="flex items-center gap-2 py-3.5 print:hidden">
      <Link
        to={paths.animals}
        aria-label={m.app_home()}
        className="mr-auto flex min-h-11 items-center rounded-full"
      >
        <Wordmark />
      </Link>
      {entries.length > 0 && (
        <nav aria-label={m.app_menu_pages()} className="flex items-center gap-1">
          {entries.map(({ to, label, Icon }, index) => (
            <NavLink
              key={to}
              to={to}
              end
              aria-label={label}
              className={({ isActive }) =>
                cn(
                  "flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-full font-bold text-ink-soft transition-colors hover:bg-sunken hover:text-ink md:px-4",
                  isActive && "bg-leaf text-forest",
                  // A phone has room for two, a narrow one for one; the menu has them all.
                  index > 0 && (index > 1 ? "max-sm:hidden" : "max-[22rem]:hidden"),
                )
              }
            >
              <Icon className="size-6 md:size-5" aria-hidden />
              <span className="hidden md:inline">{label}</span>
            </NavLink>
          ))}
        </nav>
      )}
      <SettingsMenu />
    </header>
  );
}
