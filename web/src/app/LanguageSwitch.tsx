import { m } from "../paraglide/messages.js";
import { cn } from "../shared/lib/cn";
import { LANGUAGES, locales, useLocale } from "./locale";

export function LanguageSwitch() {
  const { locale, choose } = useLocale();
  return (
    <div role="group" aria-label={m.app_language()} className="flex rounded-full bg-sunken p-1">
      {locales.map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={each === locale}
          onClick={() => choose(each)}
          className={cn(
            "min-h-11 flex-1 rounded-full px-3.5 text-sm font-bold whitespace-nowrap transition-colors",
            each === locale ? "bg-forest text-on-forest" : "text-ink-soft hover:text-ink",
          )}
        >
          {LANGUAGES[each]}
        </button>
      ))}
    </div>
  );
}
