// Dates and animals: beside the list where there is room, in a dialog on a phone.
import { Suspense, lazy, type ReactNode } from "react";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { formatDate } from "../../shared/lib/dates";
import { Portrait } from "../animals/Portrait";
import { useAnimals } from "../animals/useAnimals";
import { NO_FILTERS, dateOf, dayText, type Filters } from "./filters";

const Calendar = lazy(() => import("./Calendar"));

type Props = { filters: Filters; onChange: (change: Partial<Filters>) => void };

export function FilterPanel({ filters, onChange }: Props) {
  const { from, to, animals } = filters;
  const isNarrowed = from !== null || to !== null || animals.length > 0;
  return (
    <div className="flex flex-col gap-6">
      <Group title={m.history_dates()} value={<Range {...filters} />}>
        <Presets {...filters} onChange={onChange} />
        <Suspense fallback={<div className="skeleton h-80 rounded-3xl" />}>
          <Calendar from={from} to={to} onChoose={(from, to) => onChange({ from, to })} />
        </Suspense>
      </Group>
      <Group title={m.history_animals()}>
        <Animals chosen={animals} onChange={(animals) => onChange({ animals })} />
      </Group>
      {isNarrowed && (
        <button
          type="button"
          onClick={() => {
            const { from, to, animals } = NO_FILTERS;
            onChange({ from, to, animals });
          }}
          className="min-h-11 self-start rounded-full px-4 font-bold text-forest hover:bg-sunken"
        >
          {m.history_clear()}
        </button>
      )}
    </div>
  );
}

type GroupProps = { title: string; value?: ReactNode; children: ReactNode };

function Group({ title, value, children }: GroupProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="contents">
        <span className="text-lg font-bold">{title}</span>
      </legend>
      {value}
      {children}
    </fieldset>
  );
}

function Range({ from, to }: Pick<Filters, "from" | "to">) {
  const { locale } = useLocale();
  if (!from && !to) return null;
  const [first, last] = [from, to].map((day) => day && formatDate(dateOf(day), "date", locale));
  return (
    <p data-testid="date-range" aria-live="polite" className="text-sm font-semibold text-forest">
      {first === last ? first : `${first ?? "…"} – ${last ?? "…"}`}
    </p>
  );
}

const PRESETS = [
  { days: 1, name: m.history_today },
  { days: 7, name: m.history_week },
  { days: 30, name: m.history_month },
];

function Presets({ from, to, onChange }: Pick<Filters, "from" | "to"> & Pick<Props, "onChange">) {
  const today = new Date();
  return (
    <div className="flex flex-wrap gap-1.5">
      {PRESETS.map(({ days, name }) => {
        const first = new Date(today);
        first.setDate(first.getDate() - days + 1);
        const range = { from: dayText(first), to: dayText(today) };
        const isChosen = from === range.from && to === range.to;
        return (
          <button
            key={days}
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChange(isChosen ? { from: null, to: null } : range)}
            className={cn(
              "min-h-11 rounded-full border-2 px-3.5 text-sm font-bold",
              isChosen
                ? "border-forest bg-forest text-on-forest"
                : "border-line bg-surface hover:border-line-strong",
            )}
          >
            {name()}
          </button>
        );
      })}
    </div>
  );
}

type AnimalsProps = { chosen: string[]; onChange: (animals: string[]) => void };

function Animals({ chosen, onChange }: AnimalsProps) {
  const { data: animals = [] } = useAnimals();
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <ul className="flex flex-col">
      {animals.map(({ animalId, name, avatar }) => (
        <li key={animalId}>
          <label className="flex min-h-11 cursor-pointer items-center gap-3 rounded-2xl px-2 font-semibold hover:bg-sunken has-checked:bg-leaf">
            <input
              type="checkbox"
              data-testid={`animal-${animalId}`}
              checked={chosen.includes(animalId)}
              onChange={() => toggle(animalId)}
              className="size-5 accent-forest"
            />
            <Portrait src={avatar} className="size-8" />
            <span className="wrap-anywhere">{name}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}
