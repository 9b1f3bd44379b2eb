// What the animal can still tell when it may not talk any more today: its fact cards, turned over
// in place. Native disclosure, so that keyboards and screen readers know it.
import { ExternalLink, Lightbulb } from "lucide-react";
import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";

type Fact = Animal["facts"][number];

/** As many as a phone shows at once. */
const MOST = 6;

export default function FactCards({ animal }: { animal: Animal }) {
  return (
    <section
      data-testid="fact-cards"
      aria-label={m.chat_facts({ name: animal.name })}
      className="ml-11.5 max-w-[38rem]"
    >
      <p className="pb-2.5 font-semibold">{m.chat_facts_hint()}</p>
      <ul className="grid items-start gap-2.5 sm:grid-cols-2">
        {animal.facts.slice(0, MOST).map((fact) => (
          <li key={fact.id}>
            <Card fact={fact} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card({ fact }: { fact: Fact }) {
  return (
    <details className="group rounded-3xl bg-sun-soft open:bg-surface open:shadow-lift">
      <summary className="flex min-h-14 cursor-pointer items-start gap-3 rounded-3xl px-5 py-3.5 text-chat leading-snug font-semibold">
        <Lightbulb className="mt-0.5 size-5 shrink-0 text-forest" aria-hidden />
        <span className="line-clamp-1 group-open:line-clamp-none">{fact.text}</span>
      </summary>
      <p className="px-5 pb-4 pl-13 text-sm text-ink-soft">
        {m.chat_fact_source()}{" "}
        <a
          href={fact.source.url}
          target="_blank"
          rel="noreferrer"
          className="inline-flex min-h-11 items-center gap-1 font-semibold text-forest underline"
        >
          {fact.source.title}
          <ExternalLink className="size-4 shrink-0" aria-hidden />
        </a>
      </p>
    </details>
  );
}
