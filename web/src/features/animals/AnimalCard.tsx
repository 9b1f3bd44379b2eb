import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Portrait } from "./Portrait";

/** On a phone two stand side by side and say little; with more room each greets. */
export function AnimalCard({ animal }: { animal: Animal }) {
  return (
    <Link
      to={paths.chat(animal.animalId)}
      data-animal={animal.animalId}
      className="group flex h-full flex-col overflow-hidden rounded-3xl border border-line bg-surface shadow-lift transition-transform hover:-translate-y-1 sm:rounded-4xl"
    >
      <div className="relative isolate grid place-items-center overflow-hidden bg-leaf py-5 sm:py-8">
        <span className="absolute top-[42%] -left-[15%] -z-10 aspect-square w-[130%] rounded-full bg-sun-soft" />
        <Portrait
          src={animal.avatar}
          className="size-24 transition-transform group-hover:scale-105 sm:size-36"
        />
      </div>
      <div className="flex flex-1 flex-col px-4 py-3.5 sm:p-6">
        <h2 className="text-lg leading-tight font-semibold wrap-anywhere sm:text-2xl">
          {animal.name}
        </h2>
        <p className="mt-1 text-sm text-ink-soft">
          {animal.species}
          <span className="hidden sm:inline">
            {" · "}
            <i lang="la">{animal.scientificName}</i>
          </span>
        </p>
        <p className="mt-4 mb-5 hidden text-chat sm:block">{animal.greeting}</p>
        <span className="mt-auto hidden items-center gap-2 font-bold text-forest sm:flex">
          <span>{m.animals_talk({ name: animal.name })}</span>
          <ArrowRight
            className="size-5 shrink-0 transition-transform group-hover:translate-x-1"
            aria-hidden
          />
        </span>
      </div>
    </Link>
  );
}
