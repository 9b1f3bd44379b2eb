import type { ReactNode } from "react";
import { cn } from "../lib/cn";

const TONES = {
  sun: "bg-sun-soft",
  leaf: "bg-leaf text-forest",
  danger: "bg-danger-soft text-danger",
} as const;

type Props = { children: ReactNode; tone?: keyof typeof TONES; testId?: string };

/** A word or two about what stands beside it. */
export function Badge({ children, tone = "sun", testId }: Props) {
  return (
    <span
      data-testid={testId}
      className={cn(
        "inline-flex w-max max-w-full items-center gap-1.5 rounded-full px-2.5 py-0.5 text-sm font-bold wrap-anywhere [&_svg]:size-4 [&_svg]:shrink-0",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
