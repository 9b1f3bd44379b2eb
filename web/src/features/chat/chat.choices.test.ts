// What the reader decides: to ask again, to stop, to go without an account.
import { beforeEach, describe, expect, it } from "vitest";
import {
  FULL,
  FakeServer,
  IDS,
  WHOLE,
  address,
  after,
  cancelledAt,
  failing,
  hanging,
  last,
  refusing,
  saying,
  stalling,
  upTo,
} from "./chat.fake";
import { answerOf } from "./turn";

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});

describe("asking again", () => {
  const broken = (lastId: number) =>
    upTo(3) +
    `id: 4\nevent: error\ndata: {"status":503,"code":"interrupted","retryable":true,"lastId":${lastId}}\n\n`;

  it.each([
    [0, 1],
    [2, 2],
  ])("after_an_error_at_%s_there_are_%s_turns_for_the_server", async (lastId, count) => {
    const chat = server.chat();
    server.answers = [saying(broken(lastId)), saying(WHOLE)];
    const turn = await server.asked(chat);
    expect(turn.pieces.length).toBe(lastId);
    chat.retry(turn);
    await server.isQuiet();
    expect(answerOf(last(chat))).toBe(FULL);
    expect(new Set(server.sent.map((request) => request.turnId)).size).toBe(count);
    // The same turn is the same request, though the session is known by now.
    expect(server.sent[1]?.sessionId).toBe(count === 1 ? undefined : IDS.sessionId);
  });

  it("after_too_many_questions_the_same_turn_goes_when_the_reader_says_so", async () => {
    const chat = server.chat();
    const headers = { "Retry-After": "30" };
    const body = JSON.stringify({ code: "too_many_requests" });
    server.answers = [() => new Response(body, { status: 429, headers }), saying(WHOLE)];
    const turn = await server.asked(chat);
    expect(turn.failure).toMatchObject({ kind: "limit", retryable: true });
    expect(turn.failure?.retryAt).toBeGreaterThan(Date.now() + 25_000);
    expect(server.sent.length).toBe(1);
    chat.retry(turn);
    await server.isQuiet();
    expect(server.sent[1]).toEqual(server.sent[0]);
    expect(last(chat).phase).toBe("done");
  });

  it("an_id_that_belongs_to_another_question_is_left", async () => {
    server.answers = [refusing(422, "turn_reused"), saying(WHOLE)];
    const turn = await server.asked(server.chat());
    expect(turn.phase).toBe("done");
    expect(server.sent[1]?.turnId).not.toBe(server.sent[0]?.turnId);
  });
});

describe("stopping", () => {
  it("shows_in_the_end_what_the_server_kept_and_hears_it_on_the_same_stream", async () => {
    const stream = stalling(upTo(2));
    server.answers = [stream.answer];
    const chat = server.chat();
    const turn = await server.asked(chat);
    chat.stop();
    expect(last(chat).phase).toBe("stopping");
    await server.isQuiet();
    expect(server.cancelled).toEqual([address(turn.turnId)]);
    stream.more(after(2).slice(0, after(2).indexOf("id: 5")) + cancelledAt(3));
    await server.isQuiet();
    expect(last(chat)).toMatchObject({ phase: "stopped", finishReason: "cancelled" });
    expect(answerOf(last(chat))).toBe("Rrroar! I am ");
  });

  it("lets_the_next_question_go_at_once", async () => {
    server.answers = [stalling(upTo(2)).answer, saying(WHOLE)];
    const chat = server.chat();
    await server.asked(chat);
    chat.stop();
    await server.asked(chat, "And then?");
    expect(chat.state().turns.map((turn) => turn.phase)).toEqual(["stopping", "done"]);
    expect(server.sent[1]?.sessionId).toBe(IDS.sessionId);
  });

  it.each([
    ["is_unreachable", failing],
    ["does_not_know_the_turn", refusing(404, "turn_expired")],
  ])("a_server_that_%s_leaves_the_words_that_came", async (_, answer) => {
    server.answers = [stalling(upTo(2)).answer];
    server.cancelAnswer = answer;
    const chat = server.chat();
    await server.asked(chat);
    chat.stop();
    await server.isQuiet();
    expect(last(chat)).toMatchObject({ phase: "stopped", failure: null });
    expect(answerOf(last(chat))).toBe("Rrroar! I ");
  });

  it("before_start_closes_the_connection_and_calls_the_turn_off", async () => {
    server.answers = [hanging];
    const chat = server.chat();
    const turn = await server.asked(chat);
    chat.stop();
    await server.isQuiet();
    expect(last(chat)).toMatchObject({ phase: "stopped", acknowledged: false });
    expect(server.cancelled).toEqual([address(turn.turnId)]);
    expect(server.sent.length).toBe(1);
  });

  it("between_two_connections_hears_at_once_how_much_is_kept", async () => {
    server.answers = [saying(upTo(2)), hanging, saying(cancelledAt(1))];
    const chat = server.chat();
    await server.asked(chat);
    expect(last(chat).phase).toBe("reconnecting");
    chat.stop();
    await server.isQuiet();
    expect(last(chat)).toMatchObject({ phase: "stopped", finishReason: "cancelled" });
    expect(answerOf(last(chat))).toBe("Rrroar! ");
  });

  it("leaving_the_page_does_not_leave_it_half_stopped", async () => {
    server.answers = [stalling(upTo(2)).answer];
    const chat = server.chat();
    await server.asked(chat);
    chat.stop();
    await server.isQuiet();
    chat.leave();
    await server.isQuiet();
    expect(last(chat).phase).toBe("stopped");
  });

  it("a_visitor_without_an_account_has_no_turn_to_call_off", async () => {
    server.answers = [stalling(upTo(2)).answer];
    const chat = server.chat({ isStored: false, isGuest: true });
    await server.asked(chat);
    chat.stop();
    await server.isQuiet();
    expect(last(chat).phase).toBe("stopped");
    expect(server.cancelled).toEqual([]);
  });
});

describe("without an account", () => {
  it("each_question_carries_the_ones_before_it_and_no_session", async () => {
    server.answers = [saying(WHOLE), saying(WHOLE)];
    const chat = server.chat({ isStored: false, isGuest: true });
    await server.asked(chat, "One?");
    await server.asked(chat, "Two?");
    expect(server.sent.map((request) => request.history)).toEqual([[], ["One?"]]);
    expect(server.sent.map((request) => request.sessionId)).toEqual([undefined, undefined]);
  });

  it("a_visitor_with_an_account_sends_neither", async () => {
    server.answers = [saying(WHOLE), saying(WHOLE)];
    const chat = server.chat({ isStored: false });
    await server.asked(chat, "One?");
    await server.asked(chat, "Two?");
    expect(Object.keys(server.sent[1] ?? {}).sort()).toEqual(["animalId", "message", "turnId"]);
  });
});
