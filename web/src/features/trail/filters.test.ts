// @vitest-environment node
import { expect, it } from "vitest";
import { filtersOf, isNarrowed, queryOf, searchOf } from "./filters";

const of = (search: string) => filtersOf(new URLSearchParams(search));

it("the_address_keeps_what_is_chosen", () => {
  const search = "about=u1&session=s1&by=u2&event=audit_viewed&from=2026-01-02&to=2026-01-03";
  expect(searchOf(of(search)).toString()).toBe(search);
  expect(searchOf(of("")).toString()).toBe("");
});

it.each(["about=a%20b", "by=<x>", "event=nothing", "from=2026-13-45", "to=tomorrow", "session="])(
  "what_is_no_filter_is_passed_over: %s",
  (search) => {
    expect(isNarrowed(of(search))).toBe(false);
  },
);

it("days_begin_and_end_where_the_reader_lives", () => {
  const query = queryOf(of("event=share_revoked&from=2026-01-02&to=2026-01-02"));
  expect(query).toEqual({
    eventType: "share_revoked",
    startDate: new Date(2026, 0, 2).toISOString(),
    endDate: new Date(2026, 0, 2, 23, 59, 59, 999).toISOString(),
  });
});
