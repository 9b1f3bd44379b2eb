// The frame of the pages that are read rather than chatted in.
import type { ReactNode } from "react";
import { cn } from "../shared/lib/cn";
import { usePageTitle } from "../shared/lib/usePageTitle";
import { TopBar } from "./TopBar";

type Props = { title: string; intro?: string; narrow?: boolean; children: ReactNode };

export function PageFrame({ title, intro, narrow = false, children }: Props) {
  const heading = usePageTitle(title);
  return (
    <div className="mx-auto min-h-dvh max-w-7xl px-4 pb-14 sm:px-8">
      <TopBar />
      <main className={cn("pt-3 sm:pt-7", narrow && "mx-auto max-w-md")}>
        <h1
          ref={heading}
          tabIndex={-1}
          className="text-3xl leading-tight font-semibold sm:text-4xl"
        >
          {title}
        </h1>
        {intro && <p className="mt-1.5 text-lg text-ink-soft">{intro}</p>}
        <div className="mt-6">{children}</div>
      </main>
    </div>
  );
}
