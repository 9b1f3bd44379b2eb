// Above the list: what was said, whose conversations, and in which order on a phone.
import { Search, SlidersHorizontal, X } from "lucide-react";
import { useId } from "react";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { Button } from "../../shared/ui/Button";
import { IconButton } from "../../shared/ui/IconButton";
import { SORTS, type Filters, type Sort } from "./filters";
import type { Person } from "./people";

type SearchProps = { value: string; onChange: (text: string) => void };

export function SearchBox({ value, onChange }: SearchProps) {
  const id = useId();
  return (
    <div role="search" className="relative min-w-0 flex-1">
      <label htmlFor={id} className="sr-only">
        {m.history_search()}
      </label>
      <Search
        className="pointer-events-none absolute top-1/2 left-4 size-5 -translate-y-1/2 text-ink-soft"
        aria-hidden
      />
      <input
        id={id}
        type="search"
        data-testid="search"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={({ key }) => key === "Escape" && onChange("")}
        placeholder={m.history_search()}
        maxLength={100}
        autoComplete="off"
        enterKeyHint="search"
        className="min-h-12 w-full appearance-none rounded-full border-2 border-line-strong bg-surface pr-12 pl-12 text-chat placeholder:text-ink-soft [&::-webkit-search-cancel-button]:hidden"
      />
      {value !== "" && (
        <IconButton
          label={m.history_search_clear()}
          onClick={() => onChange("")}
          className="absolute top-0.5 right-1"
        >
          <X />
        </IconButton>
      )}
    </div>
  );
}

type FilterButtonProps = { count: number; onClick: () => void };

export function FilterButton({ count, onClick }: FilterButtonProps) {
  return (
    <Button tone="quiet" data-testid="filters" onClick={onClick} className="px-4">
      <SlidersHorizontal className="size-5" aria-hidden />
      <span className="max-sm:sr-only">{m.history_filters()}</span>
      {count > 0 && (
        <span className="grid min-w-6 place-items-center rounded-full bg-forest px-1.5 text-sm text-on-forest">
          {count}
        </span>
      )}
    </Button>
  );
}

type PeopleProps = {
  people: Person[];
  /** Null where the reader has none of their own to choose. */
  ownId: string | null;
  chosen: string | null;
  onChoose: (userId: string | null) => void;
};

/** The whole family, or one of them. */
export function PeopleTabs({ people, ownId, chosen, onChoose }: PeopleProps) {
  const choices = [
    {
      userId: null,
      name: ownId === null ? m.history_all_people() : m.history_everybody(),
      hasUnread: false,
    },
    ...people,
    ...(ownId === null ? [] : [{ userId: ownId, name: m.history_own(), hasUnread: false }]),
  ];
  return (
    <div
      role="group"
      aria-label={m.history_whose()}
      className="-mx-4 flex gap-2 overflow-x-auto px-4 py-1 sm:mx-0 sm:flex-wrap sm:px-0"
    >
      {choices.map(({ userId, name, hasUnread }) => (
        <button
          key={userId ?? ""}
          type="button"
          data-testid="person"
          aria-pressed={chosen === userId}
          onClick={() => onChoose(userId)}
          className={cn(
            "flex min-h-11 items-center gap-2 rounded-full border-2 px-4.5 font-bold whitespace-nowrap",
            chosen === userId
              ? "border-forest bg-forest text-on-forest"
              : "border-line bg-surface hover:border-line-strong",
          )}
        >
          {name}
          {hasUnread && (
            <span className="size-2.5 rounded-full bg-danger ring-2 ring-surface" data-testid="new">
              <span className="sr-only">{m.history_unread()}</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

type SortProps = Pick<Filters, "sort"> & { onSort: (sort: Sort) => void };

export function SortSelect({ sort, onSort }: SortProps) {
  const id = useId();
  const names = {
    lastActivity: m.history_sort_when,
    animal: m.history_sort_animal,
    messageCount: m.history_sort_messages,
  };
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-sm font-semibold text-ink-soft">
        {m.history_sort()}
      </label>
      <select
        id={id}
        data-testid="sort"
        value={sort}
        onChange={({ currentTarget }) => {
          const chosen = SORTS.find((each) => each === currentTarget.value);
          if (chosen) onSort(chosen);
        }}
        className="min-h-11 rounded-full border-2 border-line bg-surface px-3 font-bold"
      >
        {SORTS.map((each) => (
          <option key={each} value={each}>
            {names[each]()}
          </option>
        ))}
      </select>
    </div>
  );
}
