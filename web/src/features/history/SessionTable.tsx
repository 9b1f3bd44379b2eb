import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { Portrait } from "../animals/Portrait";
import { useAnimals } from "../animals/useAnimals";
import { Duration, OpenLink, Owner, When, Words, type OnPerson } from "./SessionParts";
import type { Sort } from "./filters";
import type { Session } from "./types";

type Props = {
  rows: Session[];
  text: string;
  onPerson: OnPerson;
  sort: Sort;
  /** Not there where the list cannot be sorted. */
  onSort: ((sort: Sort) => void) | undefined;
};

export function SessionTable({ rows, text, onPerson, sort, onSort }: Props) {
  return (
    <table className="w-full border-separate border-spacing-0 overflow-hidden rounded-3xl border border-line bg-surface text-left">
      <caption className="sr-only">{m.history_title()}</caption>
      <thead className="bg-sunken text-sm">
        <tr>
          <Head by="animal" sort={sort} onSort={onSort}>
            {m.history_animal()}
          </Head>
          <Head by="lastActivity" sort={sort} onSort={onSort}>
            {m.history_when()}
          </Head>
          <Head by="messageCount" sort={sort} onSort={onSort} isNumber>
            {m.history_messages()}
          </Head>
          <th scope="col" className="px-4 py-2 text-right font-bold whitespace-nowrap">
            {m.history_duration()}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((session) => (
          <Row key={session.sessionId} session={session} text={text} onPerson={onPerson} />
        ))}
      </tbody>
    </table>
  );
}

const CELL = "border-t border-line px-4 py-3 align-middle";

type RowProps = { session: Session; text: string; onPerson: OnPerson };

function Row({ session, text, onPerson }: RowProps) {
  const avatar = useAvatar(session.animalId);
  return (
    <tr data-session={session.sessionId} className="relative transition-colors hover:bg-sunken">
      <th scope="row" className={cn(CELL, "w-full max-w-0 font-normal")}>
        <div className="flex items-center gap-3">
          <Portrait src={avatar} className="size-11" />
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <OpenLink session={session} />
              <Owner session={session} onPerson={onPerson} />
            </div>
            <p className="text-sm text-ink-soft">
              <Words session={session} text={text} />
            </p>
          </div>
        </div>
      </th>
      <td className={cn(CELL, "whitespace-nowrap")}>
        <When iso={session.lastActivity} />
      </td>
      <td className={cn(CELL, "text-right tabular-nums")}>{session.messageCount}</td>
      <td className={cn(CELL, "text-right whitespace-nowrap tabular-nums")}>
        <Duration session={session} />
      </td>
    </tr>
  );
}

export function useAvatar(animalId: string): string | undefined {
  const { data } = useAnimals();
  return data?.find((animal) => animal.animalId === animalId)?.avatar;
}

type HeadProps = Pick<Props, "sort" | "onSort"> & {
  by: Sort;
  isNumber?: boolean;
  children: string;
};

function Head({ by, sort, onSort, isNumber = false, children }: HeadProps) {
  const isSorted = sort === by;
  const direction = by === "animal" ? "ascending" : "descending";
  const side = isNumber && "text-right";
  if (!onSort) {
    return (
      <th scope="col" className={cn("px-4 py-3 font-bold whitespace-nowrap", side)}>
        {children}
      </th>
    );
  }
  const Icon = !isSorted ? ArrowUpDown : by === "animal" ? ArrowUp : ArrowDown;
  return (
    <th scope="col" aria-sort={isSorted ? direction : undefined} className={cn("px-1", side)}>
      <button
        type="button"
        data-testid={`sort-${by}`}
        onClick={() => onSort(by)}
        className="inline-flex min-h-11 items-center gap-1.5 rounded-full px-3 font-bold whitespace-nowrap hover:text-forest"
      >
        {children}
        <Icon className={cn("size-4", isSorted ? "text-forest" : "text-ink-soft")} aria-hidden />
      </button>
    </th>
  );
}
