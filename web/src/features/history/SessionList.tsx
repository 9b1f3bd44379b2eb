// The list itself, in each of its states.
import { useRef } from "react";
import { LoadProblem, RowsLoading } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { NoSessions, NothingFound } from "./ListStates";
import { Pages } from "./Pages";
import { SessionCards } from "./SessionCards";
import { SessionTable } from "./SessionTable";
import { SortSelect } from "./Toolbar";
import type { OnPerson } from "./SessionParts";
import { isNarrowed, type Filters, type Sort } from "./filters";
import { useSessions } from "./useSessions";

type Props = {
  filters: Filters;
  text: string;
  isWide: boolean;
  onSort: ((sort: Sort) => void) | undefined;
  onPerson: OnPerson;
  onPage: (page: number) => void;
  onClear: () => void;
};

export function SessionList({ filters, text, isWide, onSort, onPerson, onPage, onClear }: Props) {
  const list = useSessions(filters, text);
  const top = useRef<HTMLHeadingElement>(null);
  const { rows, total, lookFurther, isLooking, isPlaceholderData } = list;
  const turnTo = (page: number) => {
    onPage(page);
    top.current?.focus();
    scrollTo(0, 0);
  };

  const heading = (
    <h2 ref={top} tabIndex={-1} className="sr-only">
      {m.history_page({ page: filters.page })}
    </h2>
  );
  if (list.isPending) return <RowsLoading />;
  if (list.isError && rows.length === 0) {
    const retry = () => void list.refetch();
    return <LoadProblem title={m.history_error_title()} error={list.error} onRetry={retry} />;
  }
  if (rows.length === 0 && isLooking) return <RowsLoading />;
  if (rows.length === 0) {
    const isEmpty = !isNarrowed(filters, text) && filters.page === 1;
    if (isEmpty) return <NoSessions />;
    return <NothingFound onClear={onClear} onFurther={lookFurther} />;
  }
  return (
    <section
      aria-busy={isPlaceholderData || isLooking}
      className={cn("transition-opacity", isPlaceholderData && "opacity-60")}
    >
      {heading}
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 pb-3 lg:min-h-0">
        <p role="status" data-testid="total" className="text-sm font-semibold text-ink-soft">
          {isNarrowed(filters, text) || total === undefined
            ? m.history_shown({ count: rows.length })
            : m.history_total({ count: total })}
        </p>
        {!isWide && onSort && <SortSelect sort={filters.sort} onSort={onSort} />}
      </div>
      {isWide ? (
        <SessionTable
          rows={rows}
          text={text}
          onPerson={onPerson}
          sort={filters.sort}
          onSort={onSort}
        />
      ) : (
        <SessionCards rows={rows} text={text} onPerson={onPerson} />
      )}
      {list.sortedAmong !== undefined && (
        <p className="pt-3 text-sm text-ink-soft">
          {m.history_sorted_among({ count: list.sortedAmong })}
        </p>
      )}
      {lookFurther && (
        <button
          type="button"
          onClick={lookFurther}
          className="mx-auto mt-4 block min-h-11 rounded-full px-5 font-bold text-forest hover:bg-sunken"
        >
          {m.history_further()}
        </button>
      )}
      <Pages page={filters.page} hasNext={list.hasNext} onPage={turnTo} />
    </section>
  );
}
