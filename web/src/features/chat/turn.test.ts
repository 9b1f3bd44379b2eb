// @vitest-environment node
import { describe, expect, it } from "vitest";
import { ApiProblem, Unreachable } from "../../api/problem";
import { earlierQuestions, emptyConversation, isBusy, reduce, sessionOf } from "./conversation";
import type { TurnEvent } from "./events";
import { failureOf } from "./failure";
import {
  answerOf,
  lastSeenId,
  messageStatus,
  newTurn,
  reduceTurn,
  type Turn,
  type TurnAction,
} from "./turn";

const start: TurnEvent = {
  kind: "start",
  data: { turnId: "t", sessionId: "s", messageId: "m", animalId: "lion_001" },
};
const token = (id: number, content: string): TurnEvent => ({ kind: "token", id, content });
const complete = (lastId: number): TurnEvent => ({
  kind: "complete",
  data: {
    messageId: "m",
    sessionId: "s",
    finishReason: "stop",
    lastId,
    tokensUsed: 1,
    latencyMs: 1,
    safety: { action: "allow" },
  },
});
const play = (...events: TurnAction[]) =>
  events.reduce<Turn>(reduceTurn, newTurn("t", "Why do lions roar?"));
const cancelled = (lastId: number): TurnEvent => {
  const { data } = complete(lastId) as Extract<TurnEvent, { kind: "complete" }>;
  return { kind: "complete", data: { ...data, finishReason: "cancelled" } };
};
const error = (lastId: number): TurnEvent => ({
  kind: "error",
  data: {
    type: "urn:menagerie:problem:interrupted",
    title: "x",
    status: 503,
    detail: "x",
    code: "interrupted",
    error: "x",
    retryable: true,
    lastId,
  },
});
const sending: TurnAction = {
  kind: "sending",
  body: { animalId: "lion_001", message: "Why do lions roar?", turnId: "t" },
};
const turnPhase = (turn: Turn) => [turn.phase, messageStatus(turn)];

describe("a turn", () => {
  it("waits_until_the_first_token", () => {
    expect(play(start).phase).toBe("waiting");
    expect(play(start, token(1, "Be")).phase).toBe("answering");
  });

  it("drops_tokens_after_the_last_id_of_complete", () => {
    expect(answerOf(play(start, token(1, "a"), token(2, "b"), complete(1)))).toBe("a");
  });

  it("takes_a_token_that_comes_twice_once", () => {
    expect(answerOf(play(start, token(1, "a"), token(1, "a"), token(2, "b")))).toBe("ab");
  });

  it.each([0, 1])("that_ends_with_an_error_at_%s_keeps_what_the_server_kept", (lastId) => {
    const turn = play(start, token(1, "a"), token(2, "b"), error(lastId));
    expect(answerOf(turn)).toBe("a".repeat(lastId));
    expect(turn.failure).toEqual({ kind: "other", retryable: true, keepsPart: lastId > 0 });
  });

  it("knows_the_last_event_it_has_seen", () => {
    expect([play(), play(start), play(start, token(3, "a"))].map(lastSeenId)).toEqual([null, 0, 3]);
  });

  it("stays_as_it_ended_whatever_still_arrives", () => {
    const ended = play(start, token(1, "a"), complete(1));
    expect(reduceTurn(ended, token(2, "late"))).toBe(ended);
  });

  it("keeps_its_text_when_the_connection_drops", () => {
    const failure = { kind: "dropped", retryable: true } as const;
    const turn = reduceTurn(play(start, token(1, "a")), { kind: "failed", failure });
    expect(turn).toMatchObject({ phase: "failed", acknowledged: true, failure });
    expect(answerOf(turn)).toBe("a");
  });
});

describe("a turn that its reader stops", () => {
  const stopping: TurnAction = { kind: "stopping" };

  it("is_over_at_once_and_shows_in_the_end_what_the_server_kept", () => {
    const asked = play(start, token(1, "a"), stopping, token(2, "b"), token(3, "c"));
    expect(asked.phase).toBe("stopping");
    const ended = reduceTurn(asked, cancelled(2));
    expect(ended.phase).toBe("stopped");
    expect(answerOf(ended)).toBe("ab");
  });

  it("that_was_finished_already_is_a_finished_one", () => {
    expect(play(start, token(1, "a"), stopping, complete(1)).phase).toBe("done");
  });

  it.each<[TurnAction, string]>([
    [{ kind: "broken" }, "stopping"],
    [{ kind: "connected" }, "stopping"],
    [{ kind: "failed", failure: { kind: "dropped", retryable: true } }, "stopped"],
    [error(1), "stopped"],
  ])("after_%j_is_%s_and_nothing_worse", (action, phase) => {
    const turn = play(start, token(1, "a"), stopping, action);
    expect(turn).toMatchObject({ phase, failure: null });
    expect(answerOf(turn)).toBe("a");
  });
});

describe("a question", () => {
  const failed: TurnAction = { kind: "failed", failure: { kind: "other", retryable: true } };

  it.each<[TurnAction[], string, string | null]>([
    [[], "queued", "queued"],
    [[sending], "waiting", "sending"],
    [[sending, { kind: "offline" }], "queued", "queued"],
    [[sending, { kind: "broken" }], "reconnecting", "sending"],
    [[sending, { kind: "broken" }, start], "waiting", "sent"],
    [[sending, failed], "failed", "unsent"],
    [[start, failed], "failed", "sent"],
    [[sending, { kind: "stopped" }], "stopped", null],
    [[start, { kind: "stopped" }, token(1, "late")], "stopped", "sent"],
    [[start, sending, { kind: "broken" }, { kind: "connected" }], "waiting", "sent"],
    [[start, token(1, "a"), { kind: "broken" }, { kind: "connected" }], "answering", "sent"],
    [[start, token(1, "a"), { kind: "broken" }, start], "answering", "sent"],
  ])("after_%j_is_%s", (actions, phase, status) => {
    expect(turnPhase(play(...actions))).toEqual([phase, status]);
  });
});

describe("a failure", () => {
  it.each([
    [new Unreachable("no answer"), "unreachable", true],
    [new ApiProblem(429, "rate_limited"), "busy", true],
    [new ApiProblem(429, "too_many_requests"), "limit", true],
    [new ApiProblem(403, "consent_required"), "consent", false],
    [new ApiProblem(403, "chat_paused"), "paused", false],
    [new ApiProblem(403, "forbidden"), "refused", false],
    [new ApiProblem(422, "other_animal"), "gone", false],
    [new ApiProblem(404, "not_found"), "gone", false],
    [new ApiProblem(422, "message_too_long"), "rejected", false],
    [new ApiProblem(500, "internal"), "other", true],
  ])("%s_is_%s", (cause, kind, retryable) => {
    expect(failureOf(cause, 0)).toEqual({ kind, retryable });
  });

  it("keeps_the_wish_to_be_left_alone", () => {
    expect(failureOf(new ApiProblem(429, "rate_limited", 5), 1000).retryAt).toBe(6000);
  });
});

describe("a conversation", () => {
  const queued = reduce(emptyConversation, { type: "asked", turnId: "a", question: "One?" });
  const asked = reduce(queued, { type: "streamed", turnId: "a", action: sending });

  it("is_busy_while_a_turn_is_open", () => {
    expect(isBusy(queued)).toBe(false);
    expect(isBusy(asked)).toBe(true);
    const done = reduce(asked, { type: "streamed", turnId: "a", action: complete(0) });
    expect(isBusy(done)).toBe(false);
  });

  it("keeps_concurrent_streams_apart", () => {
    let state = reduce(asked, { type: "asked", turnId: "b", question: "Two?" });
    state = reduce(state, { type: "streamed", turnId: "b", action: token(1, "second") });
    state = reduce(state, { type: "streamed", turnId: "a", action: token(1, "first") });
    expect(state.turns.map(answerOf)).toEqual(["first", "second"]);
  });

  it("takes_the_session_the_server_names_also_after_a_rollover", () => {
    const opened = reduce(asked, { type: "streamed", turnId: "a", action: start });
    expect(sessionOf(opened)).toBe("s");
  });

  it("retries_in_the_place_of_the_failed_turn", () => {
    const retried = reduce(asked, { type: "retried", key: "a", turnId: "b" });
    expect(retried.turns).toEqual([newTurn("b", "One?", "a")]);
  });

  it("the_same_turn_goes_again_with_the_same_body", () => {
    const body = asked.turns[0]?.body;
    expect(body).not.toBeNull();
    const retried = reduce(asked, { type: "retried", key: "a", turnId: "a" });
    expect(retried.turns).toEqual([{ ...newTurn("a", "One?"), body }]);
  });

  it("names_the_last_ten_questions_that_arrived_before_one", () => {
    let state = emptyConversation;
    for (let each = 0; each < 13; each += 1) {
      const turnId = String(each);
      state = reduce(state, { type: "asked", turnId, question: `${each}?` });
      if (each !== 7) state = reduce(state, { type: "streamed", turnId, action: start });
    }
    const expected = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11].map((each) => `${each}?`);
    expect(earlierQuestions(state, "12")).toEqual(expected);
  });
});
