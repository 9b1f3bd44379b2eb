// Language and signing out, behind one button. A native popover: it closes on Escape and on a tap
// elsewhere, and gives the focus back.
import { useQueryClient } from "@tanstack/react-query";
import { LogOut, Settings2 } from "lucide-react";
import { useId } from "react";
import { session } from "../api/client";
import { useUser } from "../features/auth/useSession";
import { m } from "../paraglide/messages.js";
import { IconButton } from "../shared/ui/IconButton";
import { LanguageSwitch } from "./LanguageSwitch";

export function SettingsMenu() {
  const panel = useId();
  const user = useUser();
  const queries = useQueryClient();
  const signOut = () => {
    session.signOut();
    // What one person has read is not left for the next one on the same device.
    queries.clear();
  };
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
          {m.app_signed_in_as({ name: user.displayName })}
        </p>
        <LanguageSwitch />
        <button
          type="button"
          onClick={signOut}
          className="mt-2 flex min-h-11 w-full items-center gap-3 rounded-2xl px-3 font-bold hover:bg-sunken"
        >
          <LogOut className="size-5" aria-hidden />
          {m.app_sign_out()}
        </button>
      </div>
    </>
  );
}
