import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Portrait } from "./Portrait";

export function AnimalCard({ animal }: { animal: Animal }) {
  return (
    <Link
      to={paths.chat(animal.animalId)}
      data-animal={animal.animalId}
      className="group flex h-full flex-col overflow-hidden rounded-4xl border border-line bg-surface shadow-lift transition-transform hover:-translate-y-1"
    >
      <div className="relative isolate grid place-items-center overflow-hidden bg-leaf py-6 sm:py-9 lg:py-12">
        <span className="absolute top-[42%] -left-[15%] -z-10 aspect-square w-[130%] rounded-full bg-sun-soft" />
        <Portrait
          src={animal.avatar}
          className="size-28 transition-transform group-hover:scale-105 sm:size-36 lg:size-44"
        />
      </div>
      <div className="flex flex-1 flex-col p-6">
        <h2 className="text-2xl leading-tight font-semibold">{animal.name}</h2>
        <p className="text-sm text-ink-soft">
          {animal.species} · <i lang="la">{animal.scientificName}</i>
        </p>
        <p className="mt-4 mb-5 text-chat">{animal.greeting}</p>
        <span className="mt-auto inline-flex items-center gap-2 font-bold text-forest">
          {m.animals_talk({ name: animal.name })}
          <ArrowRight
            className="size-5 transition-transform group-hover:translate-x-1"
            aria-hidden
          />
        </span>
      </div>
    </Link>
  );
}
