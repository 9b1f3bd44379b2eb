// @vitest-environment node
import { describe, expect, it } from "vitest";
import {
  NO_FILTERS,
  changed,
  filtersOf,
  isNarrowed,
  queryOf,
  searchOf,
  searchText,
} from "./filters";

const FULL =
  "from=2026-05-01&to=2026-05-09&animal=lion_001&animal=wolf_001&who=u1&sort=animal&page=3";

describe("the address", () => {
  it("keeps_all_filters_there_and_back", () => {
    expect(searchOf(filtersOf(new URLSearchParams(FULL))).toString()).toBe(FULL);
  });

  it("says_nothing_where_nothing_is_chosen", () => {
    expect(searchOf(NO_FILTERS).toString()).toBe("");
    expect(filtersOf(new URLSearchParams())).toEqual(NO_FILTERS);
  });

  it.each([
    "from=2026-02-31",
    "to=yesterday",
    "animal=../x",
    "sort=price",
    "page=0",
    "page=1.5",
    "page=51",
    "page=x",
  ])("%s_is_passed_over", (search) => {
    expect(filtersOf(new URLSearchParams(search))).toEqual(NO_FILTERS);
  });
});

it("another_filter_begins_at_the_first_page_and_another_page_keeps_the_filters", () => {
  const filters = { ...NO_FILTERS, who: "u1", page: 4 };
  expect(changed(filters, { animals: ["lion_001"] }).page).toBe(1);
  expect(changed(filters, { page: 5 })).toEqual({ ...filters, page: 5 });
});

describe("what the server is asked", () => {
  it("begins_and_ends_with_the_readers_own_days", () => {
    const query = queryOf({ ...NO_FILTERS, from: "2026-05-01", to: "2026-05-09" }, "");
    expect(new Date(query.startDate ?? "")).toEqual(new Date(2026, 4, 1));
    expect(new Date(query.endDate ?? "")).toEqual(new Date(2026, 4, 9, 23, 59, 59, 999));
  });

  it("has_no_order_while_it_searches", () => {
    expect(queryOf({ ...NO_FILTERS, sort: "animal" }, "mane")).toEqual({ limit: 20, q: "mane" });
    expect(queryOf({ ...NO_FILTERS, sort: "animal" }, "")).toEqual({ limit: 20, sort: "animal" });
  });
});

it("a_search_is_trimmed_and_never_longer_than_the_server_takes", () => {
  expect(searchText("  mane ")).toBe("mane");
  expect([...searchText("🦁".repeat(200))]).toHaveLength(100);
});

it("an_order_or_a_page_narrows_nothing", () => {
  expect(isNarrowed({ ...NO_FILTERS, sort: "animal", page: 2 }, "")).toBe(false);
  expect(isNarrowed(NO_FILTERS, "x")).toBe(true);
  expect(isNarrowed({ ...NO_FILTERS, to: "2026-01-01" }, "")).toBe(true);
});
