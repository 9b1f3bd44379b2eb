import type { ComponentProps } from "react";
import { Link } from "react-router";
import { cn } from "../lib/cn";

const SHAPE =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-full px-6 font-bold transition-colors disabled:opacity-55";
const TONES = {
  primary: "bg-forest text-on-forest hover:bg-forest-deep",
  quiet: "border-2 border-line-strong bg-surface text-ink hover:bg-sunken",
} as const;

type Tone = keyof typeof TONES;

export function Button({
  tone = "primary",
  className,
  ...props
}: ComponentProps<"button"> & { tone?: Tone }) {
  return <button type="button" className={cn(SHAPE, TONES[tone], className)} {...props} />;
}

export function ButtonLink({
  tone = "primary",
  className,
  ...props
}: ComponentProps<typeof Link> & { tone?: Tone }) {
  return <Link className={cn(SHAPE, TONES[tone], className)} {...props} />;
}
