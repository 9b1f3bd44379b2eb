// The list while there is nothing to list.
import { SearchX } from "lucide-react";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { Portrait } from "../animals/Portrait";
import { useAnimals } from "../animals/useAnimals";

const PLACES = ["size-16", "-mx-2 size-24 z-10", "size-16"];

/** Nobody has talked yet. */
export function NoSessions() {
  const { data: animals = [] } = useAnimals();
  return (
    <div data-testid="empty-state" className="flex flex-col items-center pt-10">
      <div className="isolate flex items-end" aria-hidden>
        {animals.slice(0, 3).map(({ animalId, avatar }, place) => (
          <Portrait
            key={animalId}
            src={avatar}
            className={`bubble-in ring-4 ring-paper ${PLACES[place]}`}
          />
        ))}
      </div>
      <Notice title={m.history_empty_title()} body={m.history_empty_body()}>
        <ButtonLink to={paths.animals}>{m.app_to_animals()}</ButtonLink>
      </Notice>
    </div>
  );
}

type NothingProps = { onClear: () => void; onFurther: (() => void) | null };

/** There are conversations, and none like that. */
export function NothingFound({ onClear, onFurther }: NothingProps) {
  return (
    <div data-testid="nothing-found" className="flex flex-col items-center pt-10">
      <SearchX className="size-14 text-ink-soft" aria-hidden />
      <Notice
        title={m.history_nothing_title()}
        body={onFurther ? m.history_nothing_yet() : m.history_nothing_body()}
      >
        <div className="flex flex-wrap justify-center gap-3">
          {onFurther && <Button onClick={onFurther}>{m.history_further()}</Button>}
          <Button tone="quiet" onClick={onClear}>
            {m.history_clear()}
          </Button>
        </div>
      </Notice>
    </div>
  );
}
