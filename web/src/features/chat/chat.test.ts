// What happens to the connections of a chat by themselves.
import { beforeEach, describe, expect, it } from "vitest";
import { ApiProblem } from "../../api/problem";
import type { Message } from "../../api/types";
import {
  FULL,
  FakeServer,
  IDS,
  LAST_ID,
  WHOLE,
  address,
  after,
  failing,
  hanging,
  last,
  refusing,
  saying,
  stalling,
  upTo,
} from "./chat.fake";
import { sessionOf } from "./conversation";
import { answerOf } from "./turn";

const stored = (turnId: string, sender: Message["sender"], content: string, age = 0): Message => ({
  messageId: `${turnId} ${sender}`,
  turnId,
  sender,
  content,
  timestamp: new Date(Date.now() - age).toISOString(),
  metadata: {},
});

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});

describe("a connection that breaks after start", () => {
  it("is_opened_again_behind_the_last_event_that_was_seen", async () => {
    server.answers = [saying(upTo(3)), failing, saying(WHOLE.slice(0, 600)), saying(after(5))];
    const turn = await server.asked(server.chat());
    expect(turn).toMatchObject({ phase: "done", messageId: IDS.messageId });
    expect(answerOf(turn)).toBe(FULL);
    expect(server.sent.length).toBe(1);
    expect(server.listened.map((each) => each.path)).toEqual(Array(3).fill(address(turn.turnId)));
    expect(server.listened.map((each) => each.lastEventId).slice(0, 2)).toEqual(["3", "3"]);
  });

  it.each(Array.from({ length: LAST_ID + 1 }, (_, id) => id))(
    "after_event_%s_nothing_is_lost_or_doubled",
    async (id) => {
      server.answers = [saying(upTo(id)), saying(after(id))];
      const turn = await server.asked(server.chat());
      expect(answerOf(turn)).toBe(FULL);
      expect(server.listened[0]?.lastEventId).toBe(String(id));
    },
  );

  it("waits_longer_each_time_and_gives_up_after_a_minute", async () => {
    server.answers = [saying(upTo(3))];
    const turn = await server.asked(server.chat());
    expect(turn.failure).toEqual({ kind: "dropped", retryable: true });
    expect(server.waits).toEqual([1, 2, 4, 8, 8, 8, 8, 8, 8]);
  });

  it("begins_to_wait_anew_when_something_came", async () => {
    server.answers = [saying(upTo(1)), failing, failing, saying(after(1).slice(0, 60)), failing];
    await server.asked(server.chat());
    expect(server.waits.slice(0, 5)).toEqual([1, 2, 4, 1, 2]);
  });

  it("a_server_that_is_busy_or_broken_is_asked_again", async () => {
    server.answers = [saying(upTo(3)), refusing(503, "unavailable"), saying(after(3))];
    expect(answerOf(await server.asked(server.chat()))).toBe(FULL);
  });

  it("of_an_expired_stream_the_answer_is_in_the_history", async () => {
    server.answers = [saying(upTo(3)), refusing(404, "turn_expired")];
    const chat = server.chat();
    chat.ask("Hello");
    const { turnId } = last(chat);
    server.histories = [[stored("x", "assistant", "Other"), stored(turnId, "assistant", FULL)]];
    await server.isQuiet();
    expect(last(chat).phase).toBe("done");
    expect(answerOf(last(chat))).toBe(FULL);
  });

  it.each([["an_empty", []] as const, ["a_closed", new ApiProblem(403, "forbidden")] as const])(
    "of_an_expired_stream_and_%s_history_one_look_is_enough",
    async (_, history) => {
      server.answers = [saying(upTo(3)), refusing(404, "turn_expired")];
      server.histories = [history instanceof Error ? history : []];
      const turn = await server.asked(server.chat());
      expect(turn.failure).toEqual({ kind: "dropped", retryable: true });
      expect(server.looks).toBe(1);
    },
  );

  it("a_visitor_is_told_at_once", async () => {
    server.answers = [saying(upTo(3))];
    const turn = await server.asked(server.chat({ isStored: false }));
    expect(turn.failure?.kind).toBe("dropped");
    expect(server.waits).toEqual([]);
    expect(server.listened).toEqual([]);
  });
});

describe("a connection that breaks before start", () => {
  it("the_same_request_goes_again", async () => {
    server.answers = [failing, saying(""), saying(WHOLE)];
    const turn = await server.asked(server.chat());
    expect(answerOf(turn)).toBe(FULL);
    expect(server.sent).toEqual(Array(3).fill(server.sent[0]));
    expect(server.waits).toEqual([1, 2]);
  });

  it("nothing_at_all_fails_with_a_retry_of_the_same_turn", async () => {
    const chat = server.chat();
    const turn = await server.asked(chat);
    expect(turn.failure).toEqual({ kind: "unreachable", retryable: true });
    server.answers = [saying(WHOLE)];
    chat.retry(turn);
    await server.isQuiet();
    expect(last(chat).phase).toBe("done");
    expect(server.sent).toEqual(Array(5).fill(server.sent[0]));
  });
});

describe("the outbox", () => {
  it("keeps_what_is_written_offline_and_sends_it_in_order", async () => {
    server.online = false;
    const chat = server.chat();
    chat.ask("One?");
    await server.asked(chat, "Two?");
    expect(server.sent).toEqual([]);
    server.online = true;
    server.answers = [saying(WHOLE), saying(WHOLE)];
    chat.flush();
    await server.isQuiet();
    expect(server.sent.map((request) => request.message)).toEqual(["One?", "Two?"]);
  });
});

describe("leaving and coming back", () => {
  it("closes_the_connection_and_goes_on_where_it_was", async () => {
    server.answers = [stalling(upTo(4)).answer, saying(after(4))];
    const chat = server.chat();
    await server.asked(chat);
    chat.leave();
    expect(last(chat).phase).toBe("answering");
    chat.enter();
    expect(last(chat).phase).toBe("reconnecting");
    await server.isQuiet();
    expect(answerOf(last(chat))).toBe(FULL);
    expect(server.listened[0]?.lastEventId).toBe("4");
  });

  it("a_question_that_had_not_arrived_goes_again_under_its_id", async () => {
    server.answers = [hanging, saying(WHOLE)];
    const chat = server.chat();
    await server.asked(chat);
    chat.leave();
    chat.enter();
    await server.isQuiet();
    expect(last(chat).phase).toBe("done");
    expect(server.sent[1]).toEqual(server.sent[0]);
  });

  it("after_a_reload_a_young_question_is_taken_up_from_the_beginning_of_its_answer", async () => {
    server.answers = [saying(WHOLE)];
    const chat = server.chat();
    chat.open("s1", [stored("t1", "user", "Hello", 5_000)]);
    await server.isQuiet();
    expect(server.listened).toEqual([{ path: address("t1"), lastEventId: null }]);
    expect(last(chat)).toMatchObject({ question: "Hello", phase: "done" });
    expect(answerOf(last(chat))).toBe(FULL);
    expect(chat.state().past).toEqual([]);
  });

  it.each([
    ["the_first", 0, undefined],
    ["a_later", 2, "s1"],
  ])("after_a_reload_%s_question_that_failed_goes_again_as_it_was", async (_, before, named) => {
    const error = `id: 1\nevent: error\ndata: {"status":503,"code":"interrupted","lastId":0}\n\n`;
    server.answers = [saying(upTo(0) + error), saying(WHOLE)];
    const chat = server.chat();
    const earlier = [stored("t0", "user", "Hi"), stored("t0", "assistant", "Hi!")];
    chat.open("s1", [...earlier.slice(0, before), stored("t1", "user", "Hello", 5_000)]);
    await server.isQuiet();
    chat.retry(last(chat));
    await server.isQuiet();
    expect(last(chat).phase).toBe("done");
    const body = { animalId: "lion_001", message: "Hello", turnId: "t1" };
    expect(server.sent).toEqual([named === undefined ? body : { ...body, sessionId: named }]);
  });

  it("without_an_account_an_answer_that_was_left_is_lost_and_said_to_be", async () => {
    server.answers = [stalling(upTo(4)).answer];
    const chat = server.chat({ isStored: false, isGuest: true });
    await server.asked(chat);
    chat.leave();
    chat.enter();
    await server.isQuiet();
    expect(last(chat).failure).toEqual({ kind: "dropped", retryable: true });
    expect(server.listened).toEqual([]);
  });

  it("an_old_question_without_an_answer_is_left_alone", async () => {
    const chat = server.chat();
    chat.open("s1", [stored("t1", "user", "Hello", 600_000)]);
    await server.isQuiet();
    expect(server.listened).toEqual([]);
    expect(chat.state().turns).toEqual([]);
    expect(sessionOf(chat.state())).toBe("s1");
  });
});
