// What the list is narrowed to, as it stands in the address: so that a reload, "back" and a bookmark keep it.
// What somebody searches for is not among it: words belong in no address. Pure.
import type { SessionQuery } from "./types";

export const SORTS = ["lastActivity", "animal", "messageCount"] as const;
export type Sort = (typeof SORTS)[number];

export type Filters = {
  /** Days of the reader's own calendar, `YYYY-MM-DD`, both included. */
  from: string | null;
  to: string | null;
  animals: string[];
  who: string | null;
  sort: Sort;
  /** From 1. */
  page: number;
};

export const PAGE_SIZE = 20;
export const NO_FILTERS: Filters = {
  from: null,
  to: null,
  animals: [],
  who: null,
  sort: "lastActivity",
  page: 1,
};
const LONGEST_SEARCH = 100;
const LAST_PAGE = 50;

export function filtersOf(params: URLSearchParams): Filters {
  const page = Number(params.get("page") ?? 1);
  return {
    from: dayOf(params.get("from")),
    to: dayOf(params.get("to")),
    animals: params.getAll("animal").filter((id) => /^[a-z0-9_]{1,64}$/.test(id)),
    who: params.get("who"),
    sort: SORTS.find((sort) => sort === params.get("sort")) ?? "lastActivity",
    page: Number.isInteger(page) && page >= 1 && page <= LAST_PAGE ? page : 1,
  };
}

/** The address's query; what is as it is by itself is left out. */
export function searchOf({ from, to, animals, who, sort, page }: Filters): URLSearchParams {
  const params = new URLSearchParams();
  if (from) params.set("from", from);
  if (to) params.set("to", to);
  for (const animal of animals) params.append("animal", animal);
  if (who) params.set("who", who);
  if (sort !== "lastActivity") params.set("sort", sort);
  if (page > 1) params.set("page", String(page));
  return params;
}

/** A change of anything but the page begins with the first one again. */
export function changed(filters: Filters, change: Partial<Filters>): Filters {
  return { ...filters, page: 1, ...change };
}

export function isNarrowed({ from, to, animals, who }: Filters, text: string): boolean {
  return from !== null || to !== null || animals.length > 0 || who !== null || text !== "";
}

/** What the server is asked; days end where they end for the reader. Searching has an order of its own. */
export function queryOf(filters: Filters, text: string): SessionQuery {
  const { from, to, animals, who, sort } = filters;
  return {
    limit: PAGE_SIZE,
    ...(from && { startDate: new Date(`${from}T00:00:00.000`).toISOString() }),
    ...(to && { endDate: new Date(`${to}T23:59:59.999`).toISOString() }),
    ...(animals.length > 0 && { animalId: animals }),
    ...(who && { userId: who }),
    ...(text !== "" ? { q: text } : sort !== "lastActivity" && { sort }),
  };
}

/** What is worth searching for: the server takes up to 100 characters. */
export function searchText(typed: string): string {
  return [...typed.trim()].slice(0, LONGEST_SEARCH).join("");
}

export function dayText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function dateOf(day: string): Date {
  return new Date(`${day}T00:00:00`);
}

function dayOf(text: string | null): string | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const date = dateOf(text);
  return !Number.isNaN(date.getTime()) && dayText(date) === text ? text : null;
}
