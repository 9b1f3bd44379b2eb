// @vitest-environment node
import { expect, it } from "vitest";
import { keep, keptOf } from "./kept";

function storage(text?: string) {
  const items = new Map<string, string>();
  if (text !== undefined) items.set("menagerie.erasures", text);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

it("receipts_are_remembered_by_person_and_by_what_is_erased", () => {
  const here = storage();
  keep(here, "mia", "conversations", "1");
  keep(here, "mia", "account", "2");
  keep(here, "sam", "account", "3");
  expect(keptOf(here, "mia")).toEqual({ conversations: "1", account: "2" });
  keep(here, "mia", "account", null);
  expect(keptOf(here, "mia")).toEqual({ conversations: "1" });
  expect(keptOf(here, "sam")).toEqual({ account: "3" });
});

it("nothing_is_left_once_everything_is_forgotten", () => {
  const here = storage();
  keep(here, "mia", "account", "1");
  keep(here, "mia", "account", null);
  expect(here.items.size).toBe(0);
});

it.each(["{", "null", "7"])("what_is_no_memory_of_receipts_is_none: %s", (text) => {
  const here = storage(text);
  expect(keptOf(here, "mia")).toEqual({});
  keep(here, "mia", "account", "1");
  expect(keptOf(here, "mia")).toEqual({ account: "1" });
});
