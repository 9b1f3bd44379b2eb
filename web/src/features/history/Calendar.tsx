// A range of days. Loaded by itself; its words are the library's own, in the language of the page.
import { useState } from "react";
import { DayPicker, type DateRange, type DayPickerProps } from "react-day-picker";
import { enUS } from "react-day-picker/locale/en-US";
import { es } from "react-day-picker/locale/es";
import { zhCN } from "react-day-picker/locale/zh-CN";
import { useLocale } from "../../app/locale";
import { dateOf, dayText } from "./filters";

const LOCALES = { en: enUS, es, zh: zhCN };

const LOOK: NonNullable<DayPickerProps["classNames"]> = {
  root: "relative w-full max-w-88",
  month: "flex flex-col gap-1",
  month_caption:
    "flex min-h-11 items-center pl-2 font-display text-lg font-semibold first-letter:uppercase",
  nav: "absolute top-0 right-0 flex",
  button_previous:
    "grid size-11 place-items-center rounded-full hover:bg-sunken aria-disabled:opacity-40",
  button_next:
    "grid size-11 place-items-center rounded-full hover:bg-sunken aria-disabled:opacity-40",
  chevron: "size-5 fill-current",
  month_grid: "w-full border-separate border-spacing-y-0.5",
  weekday: "pb-1 text-center text-xs font-semibold text-ink-soft",
  day: "p-0 text-center",
  day_button: "size-full min-h-10 rounded-full font-semibold hover:bg-sunken",
  today: "text-forest underline underline-offset-4",
  outside: "text-ink-soft",
  disabled: "text-ink-soft opacity-50",
  range_start: "rounded-l-full bg-leaf [&>button]:bg-forest [&>button]:text-on-forest",
  range_end: "rounded-r-full bg-leaf [&>button]:bg-forest [&>button]:text-on-forest",
  range_middle: "bg-leaf",
};

type Props = {
  from: string | null;
  to: string | null;
  onChoose: (from: string | null, to: string | null) => void;
};

export default function Calendar({ from, to, onChoose }: Props) {
  const { locale } = useLocale();
  const [month, setMonth] = useState(() => (from ? dateOf(from) : new Date()));
  const selected: DateRange | undefined =
    from || to
      ? { from: from ? dateOf(from) : undefined, to: to ? dateOf(to) : undefined }
      : undefined;
  return (
    <DayPicker
      mode="range"
      locale={LOCALES[locale]}
      month={month}
      onMonthChange={setMonth}
      selected={selected}
      onSelect={(range) =>
        onChoose(
          range?.from ? dayText(range.from) : null,
          range?.to ? dayText(range.to) : range?.from ? dayText(range.from) : null,
        )
      }
      disabled={{ after: new Date() }}
      classNames={LOOK}
    />
  );
}
