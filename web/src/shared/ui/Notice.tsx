import type { ReactNode } from "react";

type Props = { title: string; body?: string; children?: ReactNode };

/** A state that fills its place: something is empty, missing or has failed, and what to do now. */
export function Notice({ title, body, children }: Props) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-10 text-center">
      <h2 className="text-2xl font-semibold">{title}</h2>
      {body && <p className="text-ink-soft">{body}</p>}
      {children && <div className="mt-3">{children}</div>}
    </div>
  );
}
