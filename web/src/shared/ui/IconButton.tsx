import type { ComponentProps } from "react";
import { cn } from "../lib/cn";

export const iconButton =
  "grid size-11 shrink-0 place-items-center rounded-full text-ink-soft transition-colors hover:bg-sunken hover:text-ink [&_svg]:size-6";

type Props = ComponentProps<"button"> & { label: string };

export function IconButton({ label, className, ...props }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cn(iconButton, className)}
      {...props}
    />
  );
}
