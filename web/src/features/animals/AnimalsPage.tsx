import type { ReactNode } from "react";
import { TopBar } from "../../app/TopBar";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { usePageTitle } from "../../shared/lib/usePageTitle";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useUser } from "../auth/useSession";
import { AnimalCard } from "./AnimalCard";
import { useAnimals } from "./useAnimals";

export default function AnimalsPage() {
  const user = useUser();
  const title = user ? m.animals_title({ name: user.displayName }) : m.animals_title_guest();
  const heading = usePageTitle(title);
  return (
    <div className="mx-auto min-h-dvh max-w-7xl px-5 pb-14 sm:px-8">
      <TopBar />
      <main>
        <div className="pt-5 pb-7 sm:pt-12 sm:pb-10">
          <h1
            ref={heading}
            tabIndex={-1}
            className="text-3xl leading-tight font-semibold sm:text-5xl"
          >
            {title}
          </h1>
          <p className="mt-2 text-lg text-ink-soft sm:text-xl">{m.animals_intro()}</p>
        </div>
        <Animals />
      </main>
    </div>
  );
}

function Animals() {
  const { data, isPending, refetch } = useAnimals();
  if (isPending) return <Skeleton />;
  if (!data) {
    return (
      <Notice title={m.animals_error_title()} body={m.animals_error_body()}>
        <Button onClick={() => void refetch()}>{m.app_try_again()}</Button>
      </Notice>
    );
  }
  if (data.length === 0) {
    return <Notice title={m.animals_empty_title()} body={m.animals_empty_body()} />;
  }
  return (
    <Grid count={data.length}>
      {data.map((animal) => (
        <li key={animal.animalId}>
          <AnimalCard animal={animal} />
        </li>
      ))}
    </Grid>
  );
}

/** Two, three or four side by side; three animals fill a row by themselves. */
function Grid({ count, children }: { count: number; children: ReactNode }) {
  return (
    <ul
      className={cn(
        "grid grid-cols-2 gap-3.5 sm:gap-6 md:grid-cols-3",
        count > 3 && "xl:grid-cols-4",
      )}
    >
      {children}
    </ul>
  );
}

function Skeleton() {
  return (
    <div role="status" aria-label={m.app_loading()}>
      <Grid count={8}>
        {Array.from({ length: 8 }, (_, each) => (
          <li key={each} className="skeleton h-52 rounded-3xl sm:h-96 sm:rounded-4xl" />
        ))}
      </Grid>
    </div>
  );
}
