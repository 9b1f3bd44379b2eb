// Language, one's own pages and signing in or out, behind one button. A native popover: it closes on Escape
// and on a tap elsewhere, and gives the focus back.
import { Settings2 } from "lucide-react";
import { Suspense, lazy, useId, useState } from "react";
import { m } from "../paraglide/messages.js";
import { IconButton } from "../shared/ui/IconButton";

const SettingsPanel = lazy(() => import("./SettingsPanel"));

export function SettingsMenu() {
  const panel = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton label={m.app_menu()} popoverTarget={panel}>
        <Settings2 />
      </IconButton>
      <div
        id={panel}
        popover="auto"
        onBeforeToggle={({ newState }) => setOpen(newState === "open")}
        className="settings-panel min-h-40 w-72 rounded-3xl border border-line bg-surface p-4 text-ink shadow-lift"
      >
        <Suspense>{isOpen && <SettingsPanel />}</Suspense>
      </div>
    </>
  );
}
