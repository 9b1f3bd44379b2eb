// @vitest-environment node
import { expect, it } from "vitest";
import type { Message } from "../../api/types";
import { entriesOf } from "./entries";
import { headerValue } from "./reason";

const message = (messageId: string, day: number, content = "x"): Message => ({
  messageId,
  turnId: "t",
  timestamp: new Date(2026, 4, day, 12).toISOString(),
  sender: "user",
  content,
  metadata: {},
});

it("each_day_starts_once", () => {
  const entries = entriesOf([message("a", 1), message("b", 1), message("c", 2)]);
  expect(entries.map(({ startsDay }) => startsDay)).toEqual([true, false, true]);
});

it("an_answer_without_a_word_is_left_out_unless_its_reader_stopped_it", () => {
  const stopped = { ...message("b", 1, ""), metadata: { finishReason: "cancelled" as const } };
  const entries = entriesOf([message("a", 1, ""), stopped, message("c", 1)]);
  expect(entries.map(({ message }) => message.messageId)).toEqual(["b", "c"]);
});

it("a_reason_in_any_script_fits_into_a_header_as_its_bytes", () => {
  const value = headerValue("孩子担心");
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  expect(new TextDecoder().decode(bytes)).toBe("孩子担心");
});
