// @vitest-environment node
import { describe, expect, it } from "vitest";
import { ApiProblem, Unreachable } from "../../api/problem";
import { emptyConversation, isBusy, reduce, sessionOf } from "./conversation";
import type { TurnEvent } from "./events";
import { failureOf } from "./failure";
import { answerOf, messageStatus, newTurn, reduceTurn, type Turn, type TurnAction } from "./turn";

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

describe("a question", () => {
  const failed: TurnAction = { kind: "failed", failure: { kind: "other", retryable: true } };

  it.each<[TurnAction[], string, string | null]>([
    [[], "queued", "queued"],
    [[{ kind: "sending" }], "waiting", "sending"],
    [[{ kind: "sending" }, { kind: "offline" }], "queued", "queued"],
    [[{ kind: "sending" }, { kind: "broken" }], "reconnecting", "sending"],
    [[{ kind: "sending" }, { kind: "broken" }, start], "waiting", "sent"],
    [[{ kind: "sending" }, failed], "failed", "unsent"],
    [[start, failed], "failed", "sent"],
    [[{ kind: "sending" }, { kind: "stopped" }], "stopped", null],
    [[start, { kind: "stopped" }, token(1, "late")], "stopped", "sent"],
  ])("after_%j_is_%s", (actions, phase, status) => {
    expect(turnPhase(play(...actions))).toEqual([phase, status]);
  });
});

describe("a failure", () => {
  it.each([
    [new Unreachable("no answer"), "unreachable", true],
    [new ApiProblem(429, "too_many"), "busy", true],
    [new ApiProblem(403, "consent_required"), "consent", false],
    [new ApiProblem(403, "forbidden"), "refused", false],
    [new ApiProblem(422, "other_animal"), "gone", false],
    [new ApiProblem(404, "not_found"), "gone", false],
    [new ApiProblem(422, "message_too_long"), "rejected", false],
    [new ApiProblem(500, "internal"), "other", true],
  ])("%s_is_%s", (cause, kind, retryable) => {
    expect(failureOf(cause)).toEqual({ kind, retryable });
  });

  it("keeps_the_wish_to_be_left_alone", () => {
    expect(failureOf(new ApiProblem(429, "rate_limited", 5)).retryAfterSeconds).toBe(5);
  });
});

describe("a conversation", () => {
  const queued = reduce(emptyConversation, { type: "asked", turnId: "a", question: "One?" });
  const asked = reduce(queued, { type: "streamed", turnId: "a", action: { kind: "sending" } });

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
});
