// The language of the page: chosen once by the browser's wish, later by the switch, without a reload
// so that a conversation under way goes on.
import { createContext, use, useCallback, useEffect, useState, type ReactNode } from "react";
import { getLocale, locales, setLocale, type Locale } from "../paraglide/runtime.js";

export const LANGUAGES: Record<Locale, string> = { en: "English", es: "Español", zh: "中文" };
const HTML_LANG: Record<Locale, string> = { en: "en", es: "es", zh: "zh-Hans" };

type LocaleChoice = { locale: Locale; choose: (locale: Locale) => void };

const LocaleContext = createContext<LocaleChoice>({ locale: "en", choose: () => undefined });

/**
 * The messages read the language themselves, so a change must render everything again: `children`
 * is a function and not an element, which React would pass over as unchanged.
 */
export function LocaleProvider({ children }: { children: () => ReactNode }) {
  const [locale, setCurrent] = useState(() => getLocale());
  const choose = useCallback((next: Locale) => {
    void setLocale(next, { reload: false });
    setCurrent(next);
  }, []);
  useEffect(() => {
    document.documentElement.lang = HTML_LANG[locale];
  }, [locale]);
  return <LocaleContext value={{ locale, choose }}>{children()}</LocaleContext>;
}

export function useLocale(): LocaleChoice {
  return use(LocaleContext);
}

export { locales };
