// What administrators narrow the trail to by hand. Persons and conversations they choose from the entries.
import { useId, type ReactNode } from "react";
import { m } from "../../paraglide/messages.js";
import { EVENTS, type TrailFilters } from "./filters";
import { eventName } from "./words";

type Props = { filters: TrailFilters; onChange: (change: Partial<TrailFilters>) => void };

const CONTROL =
  "min-h-12 w-full min-w-0 rounded-2xl border-2 border-line-strong bg-surface px-3 font-semibold";

export function TrailForm({ filters, onChange }: Props) {
  const { event, from, to } = filters;
  return (
    <section
      aria-label={m.trail_filter()}
      className="flex flex-col gap-4 rounded-4xl border border-line bg-surface p-5"
    >
      <Labelled label={m.trail_event()}>
        {(id) => (
          <select
            id={id}
            data-testid="event"
            value={event ?? ""}
            onChange={({ currentTarget: { value } }) =>
              onChange({ event: EVENTS.find((each) => each === value) ?? null })
            }
            className={CONTROL}
          >
            <option value="">{m.trail_all_events()}</option>
            {EVENTS.map((each) => (
              <option key={each} value={each}>
                {eventName(each)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-1">
        <Labelled label={m.trail_from()}>
          {(id) => (
            <input
              id={id}
              type="date"
              data-testid="from"
              value={from ?? ""}
              max={to ?? undefined}
              onChange={({ currentTarget: { value } }) => onChange({ from: value || null })}
              className={CONTROL}
            />
          )}
        </Labelled>
        <Labelled label={m.trail_to()}>
          {(id) => (
            <input
              id={id}
              type="date"
              data-testid="to"
              value={to ?? ""}
              min={from ?? undefined}
              onChange={({ currentTarget: { value } }) => onChange({ to: value || null })}
              className={CONTROL}
            />
          )}
        </Labelled>
      </div>
    </section>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-semibold text-ink-soft">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
