// A native modal dialog: the browser keeps the focus in it, closes it on Escape and gives the focus back.
import { X } from "lucide-react";
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { IconButton } from "./IconButton";

type Props = { title: string; closeLabel: string; onClose: () => void; children: ReactNode };

/** Open as long as it is there. The focus goes to what has `data-autofocus`, else to the first control. */
export function Dialog({ title, closeLabel, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    shown?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => shown?.close();
  }, []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // The event comes late: it may be about a showing before this one.
      onClose={({ currentTarget }) => !currentTarget.open && onClose()}
      onMouseDown={({ target }) => target === dialog.current && close()}
      className="dialog m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-md overflow-y-auto rounded-4xl bg-surface text-ink shadow-lift max-sm:mb-4"
    >
      <div className="flex flex-col gap-4 p-6">
        <div className="flex items-start gap-3">
          <h2 id={titleId} className="flex-1 pt-1 text-2xl leading-tight font-semibold">
            {title}
          </h2>
          <IconButton label={closeLabel} onClick={close} className="-mt-1 -mr-2">
            <X />
          </IconButton>
        </div>
        {children}
      </div>
    </dialog>
  );
}
