// More about something small, on hover and on focus. It stays while one points at it, and Escape closes it
// (WCAG 1.4.13).
import { useId, useState, type ReactNode } from "react";
import { cn } from "../lib/cn";

type Props = {
  /** What is always seen. */
  children: ReactNode;
  /** Only where `children` says nothing by itself. */
  label?: string;
  tip: ReactNode;
  side: "start" | "end";
  testId?: string;
};

export function Tip({ children, label, tip, side, testId }: Props) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const show = () => setOpen(true);
  const hide = () => setOpen(false);
  return (
    <span className="relative inline-flex" onPointerEnter={show} onPointerLeave={hide}>
      <button
        type="button"
        aria-label={label}
        aria-describedby={isOpen ? id : undefined}
        data-testid={testId}
        onFocus={show}
        onBlur={hide}
        onKeyDown={({ key }) => key === "Escape" && hide()}
        className="inline-flex min-h-7 min-w-7 items-center justify-center rounded-full px-1.5 text-sm text-ink-soft hover:text-ink"
      >
        {children}
      </button>
      {isOpen && (
        <span
          id={id}
          role="tooltip"
          className={cn(
            "absolute bottom-full z-20 w-max max-w-[min(17rem,70vw)] rounded-2xl border border-line bg-surface px-3.5 py-2.5 text-sm text-ink shadow-lift print:hidden",
            side === "end" ? "right-0" : "left-0",
          )}
        >
          {tip}
        </span>
      )}
    </span>
  );
}
