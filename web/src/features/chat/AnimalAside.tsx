import { Lightbulb } from "lucide-react";
import { Link } from "react-router";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Wordmark } from "../../shared/ui/Wordmark";
import { Portrait } from "../animals/Portrait";

type Props = { animal: Animal; others: Animal[] };

/** Beside the conversation on wide screens: who one is talking to, and who else is there. */
export function AnimalAside({ animal, others }: Props) {
  return (
    <aside
      aria-label={m.chat_about({ name: animal.name })}
      className="hidden min-h-0 flex-col overflow-y-auto bg-leaf px-7 pt-6 lg:flex"
    >
      <Link
        to={paths.animals}
        aria-label={m.app_home()}
        className="flex min-h-11 items-center self-start rounded-full"
      >
        <Wordmark />
      </Link>
      <div className="py-6">
        <Portrait src={animal.avatar} className="mx-auto size-36 xl:size-40" />
        <p className="mt-4 text-center font-display text-3xl font-semibold">{animal.name}</p>
        <p className="text-center text-ink-soft">
          {animal.species} · <i lang="la">{animal.scientificName}</i>
        </p>
        <Fact animal={animal} />
      </div>
      <Others animals={others} />
    </aside>
  );
}

function Fact({ animal }: { animal: Animal }) {
  const fact = animal.facts[0];
  if (!fact) return null;
  return (
    <div className="mt-5 rounded-3xl bg-surface p-5 shadow-lift">
      <h2 className="flex items-center gap-2 font-semibold text-forest">
        <Lightbulb className="size-5" aria-hidden />
        {m.chat_did_you_know()}
      </h2>
      <p className="mt-1.5">{fact.text}</p>
    </div>
  );
}

function Others({ animals }: { animals: Animal[] }) {
  if (animals.length === 0) return null;
  return (
    <nav aria-label={m.chat_others()} className="flex min-h-56 flex-1 flex-col">
      <p className="pb-1 text-sm font-bold text-ink-soft" aria-hidden>
        {m.chat_others()}
      </p>
      <ul className="-mx-2.5 min-h-0 flex-1 overflow-y-auto mask-b-from-[calc(100%-2.5rem)] pb-8">
        {animals.map((animal) => (
          <li key={animal.animalId}>
            <Link
              to={paths.chat(animal.animalId)}
              className="flex min-h-14 items-center gap-3 rounded-2xl px-2.5 py-1 leading-tight font-bold -outline-offset-3 hover:bg-surface"
            >
              <Portrait src={animal.avatar} className="size-10" />
              {animal.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
