// @vitest-environment node
import { describe, expect, it } from "vitest";
import { cutEverywhere, golden, withCrLf } from "../../../tests/golden";
import { createTurnDecoder } from "./events";
import { answerOf, newTurn, reduceTurn, type Turn } from "./turn";

function play(...chunks: Uint8Array[]): Turn {
  const decode = createTurnDecoder();
  return chunks.flatMap(decode).reduce<Turn>(reduceTurn, newTurn("t", "Hello"));
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("golden streams", () => {
  it("a_normal_turn_ends_done_with_its_whole_text", () => {
    const turn = play(golden("turn"));
    expect(turn.phase).toBe("done");
    expect(turn.finishReason).toBe("stop");
    expect(answerOf(turn)).toBe(
      "Rrroar! I am **Leo**. Every day I:\n- sleep up to 20 hours\n- nap in the shade",
    );
  });

  it("an_error_keeps_the_stored_part_and_drops_the_tokens_after_it", () => {
    const turn = play(golden("error"));
    expect(turn.phase).toBe("failed");
    expect(turn.failure).toEqual({ kind: "busy", retryable: true, keepsPart: true });
    expect(answerOf(turn)).toBe("My mane keeps ");
  });

  it("multibyte_text_and_pings_come_through", () => {
    expect(answerOf(play(golden("chinese")))).toBe("你好，小明！我是金刚鹦鹉🦜。¡Qué día! 👩‍👩‍👧");
  });

  it.each(["turn", "error", "chinese"])("%s_is_the_same_wherever_it_is_cut", (name) => {
    const whole = play(golden(name));
    for (const chunks of cutEverywhere(golden(name))) expect(play(...chunks)).toEqual(whole);
  });

  it.each(["turn", "error", "chinese"])("%s_is_the_same_with_crlf_cut_anywhere", (name) => {
    const whole = play(golden(name));
    for (const chunks of cutEverywhere(withCrLf(golden(name)))) {
      expect(play(...chunks)).toEqual(whole);
    }
  });

  it("a_stream_may_come_one_byte_at_a_time", () => {
    const single = [...golden("chinese")].map((byte) => Uint8Array.of(byte));
    expect(play(...single)).toEqual(play(golden("chinese")));
  });
});

describe("what the contract does not know", () => {
  it("unknown_events_and_comments_are_passed_over", () => {
    const decode = createTurnDecoder();
    expect(decode(bytes(": hi\n\nid: 1\nevent: mood\ndata: {}\n\n"))).toEqual([]);
  });

  it("data_that_is_not_json_is_passed_over", () => {
    const decode = createTurnDecoder();
    expect(decode(bytes("id: 1\nevent: token\ndata: {oops\n\n"))).toEqual([]);
  });

  it("a_token_without_a_position_is_passed_over", () => {
    const decode = createTurnDecoder();
    expect(decode(bytes('event: token\ndata: {"content":"x"}\n\n'))).toEqual([]);
  });
});
