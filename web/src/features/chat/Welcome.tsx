import { m } from "../../paraglide/messages.js";
import type { Animal } from "../../api/types";
import { Portrait } from "../animals/Portrait";

type Props = { animal: Animal; visitor: string | undefined; onAsk: (question: string) => void };

/** The empty conversation: the animal greets by name and offers questions to tap. */
export function Welcome({ animal, visitor, onAsk }: Props) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center py-6 text-center">
      <Portrait src={animal.avatar} className="size-32 sm:size-40 lg:hidden" />
      <h2 className="mt-5 text-3xl font-semibold sm:text-4xl lg:text-5xl">
        {visitor === undefined ? m.chat_hello_guest() : m.chat_hello({ name: visitor })}
      </h2>
      <p className="mt-2 max-w-md text-chat text-balance">{animal.greeting}</p>
      <Suggestions questions={animal.suggestedQuestions} onAsk={onAsk} />
    </div>
  );
}

function Suggestions({ questions, onAsk }: { questions: string[]; onAsk: Props["onAsk"] }) {
  if (questions.length === 0) return null;
  return (
    <>
      <ul
        aria-label={m.chat_suggestions()}
        className="mt-7 flex max-w-xl flex-wrap justify-center gap-2.5"
      >
        {questions.map((question) => (
          <li key={question}>
            <button
              type="button"
              onClick={() => onAsk(question)}
              className="min-h-12 rounded-3xl border-2 border-line-strong bg-surface px-5 py-2 text-chat font-semibold text-forest transition-colors hover:border-forest hover:bg-leaf"
            >
              {question}
            </button>
          </li>
        ))}
      </ul>
      <p className="mt-4 text-sm text-ink-soft">{m.chat_suggestions_hint()}</p>
    </>
  );
}
