// The frame of the pages before signing in: the zoo's company on one side, a form on the other.
import type { ReactNode } from "react";
import { LanguageSwitch } from "../../app/LanguageSwitch";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { usePageTitle } from "../../shared/lib/usePageTitle";
import { Wordmark } from "../../shared/ui/Wordmark";
import { Portrait } from "../animals/Portrait";
import { useAnimals } from "../animals/useAnimals";

type Props = { title: string; intro: string; children: ReactNode };

export function EntryLayout({ title, intro, children }: Props) {
  const heading = usePageTitle(title);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] bg-paper lg:grid-cols-[1.1fr_1fr] lg:grid-rows-1">
      <Scene />
      <main className="relative z-10 -mt-8 flex flex-col justify-between gap-8 rounded-t-4xl bg-paper p-6 pt-9 lg:mt-0 lg:rounded-none lg:p-14">
        <div className="hidden lg:block">
          <Wordmark />
        </div>
        <div className="mx-auto w-full max-w-sm">
          <h1 ref={heading} tabIndex={-1} className="text-4xl font-semibold">
            {title}
          </h1>
          <p className="mt-1 mb-7 text-lg text-ink-soft">{intro}</p>
          {children}
        </div>
        <div className="mx-auto w-full max-w-sm">
          <LanguageSwitch />
        </div>
      </main>
    </div>
  );
}

function Scene() {
  return (
    <header className="relative isolate flex min-h-56 flex-col items-center justify-center overflow-hidden bg-scene px-6 pt-6 pb-14 text-on-scene lg:min-h-0 lg:pb-6">
      <div className="absolute -right-[20%] -bottom-[52%] -z-10 aspect-square w-full rounded-full bg-scene-hill-far" />
      <div className="absolute -bottom-[60%] -left-[25%] -z-10 aspect-square w-full rounded-full bg-scene-hill" />
      <Company />
      <p className="mt-4 text-center font-display text-2xl font-semibold text-balance lg:mt-12 lg:max-w-lg lg:text-5xl">
        {m.app_tagline()}
      </p>
    </header>
  );
}

/** The size of each place in the front row, and of those behind it on wide screens. */
const FRONT = ["size-16 lg:size-36", "size-24 lg:size-52", "size-16 lg:size-36"];
const BEHIND = "size-24";

/** Whoever lives in the zoo: three in front, the others behind them. */
function Company() {
  const { data: animals = [] } = useAnimals();
  const [second, first, third, ...others] = animals;
  const front = [first, second, third].filter((animal) => animal !== undefined);
  return (
    <div className="flex min-h-24 flex-col-reverse items-center gap-5 lg:min-h-52" aria-hidden>
      <div className="flex items-end gap-3 lg:gap-6">
        {front.map((animal, place) => (
          <Portrait
            key={animal.animalId}
            src={animal.avatar}
            className={cn("bubble-in", FRONT[place])}
          />
        ))}
      </div>
      {others.length > 0 && (
        <div className="hidden max-w-xl flex-wrap justify-center gap-5 lg:flex">
          {others.slice(0, 5).map((animal) => (
            <Portrait
              key={animal.animalId}
              src={animal.avatar}
              className={cn("bubble-in", BEHIND)}
            />
          ))}
        </div>
      )}
    </div>
  );
}
