// What was chosen from an entry or by a link, and how to let go of it.
import { X } from "lucide-react";
import { Link } from "react-router";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { personText } from "../history/people";
import type { TrailFilters } from "./filters";
import { shortId } from "./words";

type Props = { filters: TrailFilters; onChange: (change: Partial<TrailFilters>) => void };

export function Chosen({ filters, onChange }: Props) {
  const { about, by, session } = filters;
  if (about === null && by === null && session === null) return null;
  return (
    <div
      role="group"
      aria-label={m.trail_chosen()}
      data-testid="chosen"
      className="flex flex-wrap items-center gap-2"
    >
      {by !== null && (
        <Choice
          text={`${m.trail_actor()}: ${personText(by)}`}
          onTakeAway={() => onChange({ by: null })}
        />
      )}
      {about !== null && (
        <Choice
          text={m.trail_about({ who: personText(about) })}
          onTakeAway={() => onChange({ about: null })}
        />
      )}
      {session !== null && (
        <>
          <Choice
            text={m.trail_session({ id: shortId(session) })}
            onTakeAway={() => onChange({ session: null })}
          />
          <Link
            to={paths.viewer(session)}
            className="inline-flex min-h-11 items-center rounded-full px-3 font-bold text-forest hover:bg-sunken"
          >
            {m.trail_one_open()}
          </Link>
        </>
      )}
    </div>
  );
}

function Choice({ text, onTakeAway }: { text: string; onTakeAway: () => void }) {
  return (
    <button
      type="button"
      aria-label={m.trail_take_away({ what: text })}
      title={m.trail_take_away({ what: text })}
      onClick={onTakeAway}
      className="inline-flex min-h-11 items-center gap-2 rounded-full bg-sun-soft px-4 font-bold hover:underline"
    >
      {text}
      <X className="size-4" aria-hidden />
    </button>
  );
}
