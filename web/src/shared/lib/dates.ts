// Times as people read them: in the language of the page, and in the reader's own region and time zone.
import type { Locale } from "../../paraglide/runtime.js";

/** The reader's own kind of the language, such as en-GB, where the browser names one. */
export function tagOf(locale: Locale, wanted: readonly string[] = navigator.languages): string {
  return (
    wanted.find((tag) => tag.split("-")[0] === locale) ?? (locale === "zh" ? "zh-Hans" : locale)
  );
}

const KINDS = {
  time: { hour: "numeric", minute: "2-digit" },
  day: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  date: { day: "numeric", month: "short", year: "numeric" },
  moment: { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" },
  full: {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

export function formatDate(iso: string | Date, kind: keyof typeof KINDS, locale: Locale): string {
  const key = `${locale} ${kind}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(tagOf(locale), KINDS[kind]);
    formats.set(key, format);
  }
  return format.format(new Date(iso));
}

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "2 hours ago"; below a minute "now". */
export function formatAgo(iso: string, now: number, locale: Locale): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const format = new Intl.RelativeTimeFormat(tagOf(locale), { numeric: "auto" });
  const step = STEPS.find(([, size]) => seconds >= size);
  if (!step) return format.format(0, "second");
  return format.format(-Math.floor(seconds / step[1]), step[0]);
}

/** The day in the reader's own time zone, as something to compare. */
export function dayKey(iso: string): string {
  return new Date(iso).toDateString();
}
