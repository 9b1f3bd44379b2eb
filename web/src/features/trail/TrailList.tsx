// The entries, in each of their states.
import { SearchX } from "lucide-react";
import { LoadProblem, RowsLoading } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { TrailEntry } from "./TrailEntry";
import { isNarrowed, type TrailFilters } from "./filters";
import { folded, single } from "./fold";
import { useTrail } from "./useTrail";

/** The names that the reader knows, by id. */
export type Names = ReadonlyMap<string, string>;

type Props = {
  filters: TrailFilters;
  names?: Names;
  ownId: string;
  /** For administrators, who narrow the list by what an entry says. */
  onChange?: (change: Partial<TrailFilters>) => void;
  onClear: () => void;
};

export function TrailList({ filters, names = new Map(), ownId, onChange, onClear }: Props) {
  const list = useTrail(filters);
  const { entries, isLooking, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  if (list.isPending || isLooking) return <RowsLoading height="h-18" />;
  if (list.isError && entries.length === 0) {
    const retry = () => void list.refetch();
    return <LoadProblem title={m.trail_error()} error={list.error} onRetry={retry} />;
  }
  if (entries.length === 0) {
    return (
      <Nothing
        isNarrowed={isNarrowed(filters)}
        onClear={onClear}
        onFurther={hasNextPage ? () => void fetchNextPage() : null}
      />
    );
  }
  const told = onChange ? single(entries) : folded(entries);
  return (
    <>
      <ol aria-label={m.trail_list()} className="flex flex-col gap-2.5">
        {told.map(({ entry, count }) => (
          <TrailEntry
            key={entry.logId}
            entry={entry}
            count={count}
            names={names}
            ownId={ownId}
            onChange={onChange}
          />
        ))}
      </ol>
      {hasNextPage && (
        <Button
          tone="quiet"
          data-testid="more"
          aria-disabled={isFetchingNextPage}
          onClick={() => !isFetchingNextPage && void fetchNextPage()}
          className="self-center"
        >
          {isFetchingNextPage ? m.app_loading() : m.app_more()}
        </Button>
      )}
    </>
  );
}

type NothingProps = { isNarrowed: boolean; onClear: () => void; onFurther: (() => void) | null };

function Nothing({ isNarrowed, onClear, onFurther }: NothingProps) {
  if (!isNarrowed && !onFurther) {
    return (
      <div data-testid="empty-state">
        <Notice title={m.trail_none_title()} body={m.trail_none_body()} />
      </div>
    );
  }
  return (
    <div data-testid="nothing-found" className="flex flex-col items-center pt-8">
      <SearchX className="size-14 text-ink-soft" aria-hidden />
      <Notice
        title={m.trail_nothing_title()}
        body={onFurther ? m.trail_nothing_yet() : m.trail_nothing_body()}
      >
        <div className="flex flex-wrap justify-center gap-3">
          {onFurther && <Button onClick={onFurther}>{m.history_further()}</Button>}
          {isNarrowed && (
            <Button tone="quiet" onClick={onClear}>
              {m.trail_everything()}
            </Button>
          )}
        </div>
      </Notice>
    </div>
  );
}
