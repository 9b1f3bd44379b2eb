// One stored message: the words, and below them when they were said and what is known of the answer.
import { CircleStop, Info } from "lucide-react";
import type { Animal, Message } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { formatDate } from "../../shared/lib/dates";
import { RichText } from "../../shared/ui/RichText";
import { Tip } from "../../shared/ui/Tip";
import { Portrait } from "../animals/Portrait";
import { Details } from "./Details";
import type { Entry } from "./entries";

type Props = {
  entry: Entry;
  animalName: string;
  animal: Animal | undefined;
  /** Whose words the questions are, where they are not the reader's own. */
  speaker: string | null;
};

const SHAPE =
  "max-w-full px-4.5 py-3 text-chat wrap-anywhere print:border print:border-line-strong print:bg-transparent print:text-ink";

export function Bubble({ entry, animalName, animal, speaker }: Props) {
  const { message, startsDay } = entry;
  const isQuestion = message.sender === "user";
  const said = speaker === null ? m.chat_you_said() : m.chat_animal_said({ name: speaker });
  return (
    <>
      {startsDay && <Day iso={message.timestamp} />}
      <div
        data-message={message.messageId}
        data-sender={message.sender}
        className={cn(
          "flex gap-2.5 pb-3 break-inside-avoid",
          isQuestion ? "justify-end" : "items-start",
        )}
      >
        {!isQuestion && (
          <Portrait src={animal?.avatar} className="mt-1 size-9 print:border print:border-line" />
        )}
        <div
          className={cn("flex max-w-[min(85%,38rem)] min-w-0 flex-col", isQuestion && "items-end")}
        >
          {message.content !== "" && (
            <div
              className={cn(
                SHAPE,
                isQuestion
                  ? "rounded-3xl rounded-br-md bg-forest text-on-forest"
                  : "rounded-3xl rounded-bl-md bg-leaf",
              )}
            >
              <span className="sr-only">
                {isQuestion ? said : m.chat_animal_said({ name: animalName })}{" "}
              </span>
              {isQuestion ? (
                <p className="whitespace-pre-wrap">{message.content}</p>
              ) : (
                <RichText text={message.content} />
              )}
            </div>
          )}
          <Below message={message} />
        </div>
      </div>
    </>
  );
}

function Day({ iso }: { iso: string }) {
  const { locale } = useLocale();
  return (
    <p className="flex justify-center pt-3 pb-5">
      <time
        dateTime={iso}
        className="rounded-full bg-sunken px-4 py-1 text-sm font-semibold text-ink-soft"
      >
        {formatDate(iso, "day", locale)}
      </time>
    </p>
  );
}

function Below({ message }: { message: Message }) {
  const { locale } = useLocale();
  const { timestamp, metadata, sender } = message;
  const side = sender === "user" ? "end" : "start";
  return (
    <div className="flex flex-wrap items-center gap-x-1.5 px-1.5 pt-0.5">
      <Tip side={side} testId="message-time" tip={formatDate(timestamp, "full", locale)}>
        <time dateTime={timestamp}>{formatDate(timestamp, "time", locale)}</time>
      </Tip>
      {sender === "assistant" && (
        <Tip
          side={side}
          testId="message-details"
          label={m.viewer_details()}
          tip={<Details metadata={metadata} />}
        >
          <Info className="size-4 print:hidden" aria-hidden />
        </Tip>
      )}
      {metadata.finishReason === "cancelled" && (
        <span className="flex items-center gap-1.5 text-sm font-semibold text-ink-soft">
          <CircleStop className="size-4" aria-hidden />
          {m.chat_stopped()}
        </span>
      )}
    </div>
  );
}
