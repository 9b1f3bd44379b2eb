import { SendHorizontal, Square } from "lucide-react";
import { useCallback, useId, useState, type KeyboardEvent, type RefObject } from "react";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { MESSAGE_LIMIT, canSend, messageLength, showsCounter } from "./message";

const ROUND = "grid size-13.5 shrink-0 place-items-center rounded-full transition-colors";

type Props = {
  name: string;
  field: RefObject<HTMLTextAreaElement | null>;
  /** A real one, which covers nothing of the page. */
  hasKeyboard: boolean;
  /** The conversation is there; before that one can write, but not send. */
  isReady: boolean;
  onSend: (message: string) => void;
  /** While the animal answers. */
  onStop: (() => void) | undefined;
};

export function Composer({ name, field, hasKeyboard, isReady, onSend, onStop }: Props) {
  const [text, setText] = useState("");
  const counterId = useId();
  const length = messageLength(text);
  const tooLong = length > MESSAGE_LIMIT;
  const isAnswering = onStop !== undefined;
  const ready = canSend(text) && isReady && !isAnswering;

  // The button goes away while it has the focus: stopped, or the answer has come to its end.
  const handFocusOver = useCallback(
    (button: HTMLButtonElement) => () => {
      if (hasKeyboard && document.activeElement === button) field.current?.focus();
    },
    [field, hasKeyboard],
  );

  const send = () => {
    if (!ready) return;
    onSend(text.trim());
    setText("");
    // The button is about to be disabled and would take the focus with it.
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="flex items-end gap-2.5"
    >
      <div className="min-w-0 flex-1">
        <Counter id={counterId} length={length} />
        <div
          className="autogrow max-h-44 overflow-y-auto rounded-[1.75rem] border-2 border-line-strong bg-surface text-chat focus-within:border-forest"
          data-text={text}
        >
          <textarea
            ref={field}
            data-testid="message-input"
            aria-label={m.chat_input_label({ name })}
            aria-describedby={showsCounter(length) ? counterId : undefined}
            aria-invalid={tooLong}
            autoFocus={hasKeyboard}
            rows={1}
            value={text}
            enterKeyHint="send"
            placeholder={isAnswering ? m.chat_input_waiting() : m.chat_input_placeholder()}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            className="resize-none overflow-hidden rounded-[1.6rem] bg-transparent placeholder:text-ink-soft"
          />
        </div>
      </div>
      {onStop ? (
        <button
          type="button"
          data-testid="stop-button"
          aria-label={m.chat_stop()}
          title={m.chat_stop()}
          ref={handFocusOver}
          onClick={onStop}
          className={cn(ROUND, "bg-forest text-on-forest hover:bg-forest-deep")}
        >
          <Square className="size-5 fill-current" aria-hidden />
        </button>
      ) : (
        <button
          type="submit"
          data-testid="send-button"
          disabled={!ready}
          aria-label={m.chat_send()}
          title={m.chat_send()}
          className={cn(
            ROUND,
            ready ? "bg-forest text-on-forest hover:bg-forest-deep" : "bg-sunken text-ink-soft",
          )}
        >
          <SendHorizontal className="size-6" aria-hidden />
        </button>
      )}
    </form>
  );
}

/**
 * Enter that picks a candidate of an input method is not Enter that sends. Safari ends the
 * composition before the key event; there the old key code 229 still tells.
 */
function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

function Counter({ id, length }: { id: string; length: number }) {
  if (!showsCounter(length)) return null;
  const over = length - MESSAGE_LIMIT;
  return (
    <p
      id={id}
      data-testid="char-counter"
      role={over > 0 ? "alert" : undefined}
      className={cn("px-5 pb-1.5 text-sm font-bold", over > 0 ? "text-danger" : "text-ink-soft")}
    >
      {over > 0
        ? m.chat_too_long({ count: over })
        : m.chat_counter({ count: length, limit: MESSAGE_LIMIT })}
    </p>
  );
}
