// The messages of a conversation in a window that scrolls. A long one has only those near the window in the
// page; on paper all that are loaded stand there.
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useRef, useState, type Ref, type RefObject } from "react";
import { flushSync } from "react-dom";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Bubble } from "./Bubble";
import { LONG, type Entry } from "./entries";

type Props = {
  entries: Entry[];
  total: number;
  animalName: string;
  animal: Animal | undefined;
  speaker: string | null;
  loading: boolean;
  /** The next page could not be loaded; it is asked for again when the reader says so. */
  failed: boolean;
  hasMore: boolean;
  onMore: () => void;
  loadAll: () => Promise<void>;
};

/** This near the end of what is loaded, the next page is asked for. */
const NEAR_PX = 1200;
const AT_END_PX = 80;

export function Transcript(props: Props) {
  const { entries, total, loading, failed, hasMore, onMore, loadAll } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const isPrinting = usePrinting();
  const [atEnd, setAtEnd] = useState(true);
  const isLong = total > LONG && !isPrinting;

  const look = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    setAtEnd(below < AT_END_PX && (!hasMore || failed));
    if (below < NEAR_PX && hasMore && !loading && !failed) onMore();
  }, [hasMore, loading, failed, onMore]);
  useEffect(look, [look, entries.length]);

  const toNewest = async () => {
    scroller.current?.focus({ preventScroll: true });
    await loadAll();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    requestAnimationFrame(() => {
      if (list.current) {
        list.current.scrollToIndex(total - 1, { align: "end", smooth: !isCalm });
      } else {
        const top = scroller.current?.scrollHeight ?? 0;
        scroller.current?.scrollTo({ top, behavior: isCalm ? "auto" : "smooth" });
      }
    });
  };

  return (
    <div className="relative min-h-0">
      <div
        ref={scroller}
        onScroll={look}
        tabIndex={0}
        role="region"
        aria-label={m.chat_conversation({ name: props.animalName })}
        data-testid="transcript"
        className="h-full overflow-y-auto overscroll-contain px-3.5 pt-10 pb-4 -outline-offset-4 sm:px-6 print:h-auto print:overflow-visible print:p-0"
      >
        <Entries {...props} isLong={isLong} list={list} scroller={scroller} />
        {hasMore && <More {...props} isPrinting={isPrinting} />}
      </div>
      {!atEnd && (
        <button
          type="button"
          aria-label={m.chat_newest()}
          title={m.chat_newest()}
          onClick={() => void toNewest()}
          className="absolute bottom-3 left-1/2 grid size-11 -translate-x-1/2 place-items-center rounded-full border border-line bg-surface text-forest shadow-lift hover:bg-sunken print:hidden"
        >
          <ArrowDown className="size-5" aria-hidden />
        </button>
      )}
    </div>
  );
}

type EntriesProps = Props & {
  isLong: boolean;
  list: Ref<VirtualizerHandle>;
  scroller: RefObject<HTMLDivElement | null>;
};

function Entries({ entries, isLong, list, scroller, ...who }: EntriesProps) {
  const label = m.chat_conversation({ name: who.animalName });
  const bubble = (entry: Entry) => (
    <Bubble
      entry={entry}
      animalName={who.animalName}
      animal={who.animal}
      speaker={who.speaker}
      key={entry.message.messageId}
    />
  );
  if (!isLong) {
    return (
      <ol aria-label={label} className="mx-auto max-w-3xl">
        {entries.map((entry) => (
          <li key={entry.message.messageId}>{bubble(entry)}</li>
        ))}
      </ol>
    );
  }
  return (
    <div className="mx-auto max-w-3xl" role="list" aria-label={label}>
      <Virtualizer ref={list} scrollRef={scroller} data={entries} startMargin={40} bufferSize={600}>
        {(entry, index) => (
          <div
            role="listitem"
            aria-setsize={who.total}
            aria-posinset={index + 1}
            key={entry.message.messageId}
          >
            {bubble(entry)}
          </div>
        )}
      </Virtualizer>
    </div>
  );
}

function More({ entries, total, failed, onMore, isPrinting }: Props & { isPrinting: boolean }) {
  if (isPrinting) return <p>{m.viewer_print_part({ count: entries.length, total })}</p>;
  if (failed) {
    return (
      <div role="alert" className="mx-auto flex max-w-3xl flex-col items-center gap-3 py-4">
        <p>{m.viewer_more_error()}</p>
        <Button tone="quiet" onClick={onMore}>
          {m.app_try_again()}
        </Button>
      </div>
    );
  }
  return (
    <div role="status" className="mx-auto flex max-w-3xl flex-col gap-4 py-3">
      <span className="sr-only">{m.app_loading()}</span>
      <div className="skeleton h-12 w-2/5 self-end rounded-3xl" />
      <div className="skeleton h-24 w-3/5 rounded-3xl" />
    </div>
  );
}

/** Whether the page is being printed; known before the browser looks at it. */
function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return isPrinting;
}
