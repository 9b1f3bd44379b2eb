import type { ComponentProps } from "react";
import { cn } from "../lib/cn";

const SHAPE =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-full px-6 font-bold transition-colors";
const TONES = {
  /** Does what cannot be undone. */
  full: "bg-danger text-surface hover:opacity-90",
  /** Leads to it. */
  quiet: "border-2 border-danger bg-surface text-danger hover:bg-danger-soft",
} as const;

type Props = ComponentProps<"button"> & { tone?: keyof typeof TONES };

/** Apart from Button.tsx, which is on the way to the first word of a chat. */
export function DangerButton({ tone = "quiet", className, ...props }: Props) {
  return <button type="button" className={cn(SHAPE, TONES[tone], className)} {...props} />;
}
