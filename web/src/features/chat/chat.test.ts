import { beforeEach, describe, expect, it } from "vitest";
import { golden } from "../../../tests/golden";
import { ApiProblem, Unreachable } from "../../api/problem";
import type { Message, TurnRequest } from "../../api/types";
import { Chat } from "./chat";
import { sessionOf } from "./conversation";
import { answerOf } from "./turn";

// What the golden stream says of itself.
const whole = new TextDecoder().decode(golden("turn"));
const { sessionId, messageId } = JSON.parse(/data: (.*)/.exec(whole)?.[1] ?? "") as Message & {
  sessionId: string;
};
const FULL = "Rrroar! I am **Leo**. Every day I:\n- sleep up to 20 hours\n- nap in the shade";
const stored = (id: string, sender: Message["sender"], content: string, age = 0): Message => ({
  messageId: id,
  sender,
  content,
  timestamp: new Date(Date.now() - age).toISOString(),
  metadata: {},
});

let online: boolean;
let sent: TurnRequest[];
let answers: ((signal: AbortSignal) => Response | Promise<Response>)[];
let histories: (Message[] | Error)[];
let waits: number[];

beforeEach(() => {
  online = true;
  sent = [];
  answers = [];
  histories = [];
  waits = [];
});

function makeChat(isStored = true) {
  const chat = new Chat(
    { animalId: "lion_001", isStored },
    {
      fetch: async (request) => {
        sent.push((await request.json()) as TurnRequest);
        const answer = answers.shift();
        if (!answer) throw new Unreachable("no answer");
        return answer(request.signal);
      },
      loadHistory: async () => {
        const next = histories.shift() ?? [];
        if (next instanceof Error) throw next;
        return next;
      },
      pause: async (ms) => void waits.push(ms / 1000),
      isOnline: () => online,
      now: () => Date.now(),
    },
  );
  chat.enter();
  return chat;
}

const cut = () => new Response(whole.slice(0, 420));
const finished = () => new Response(whole);
const refused = (status: number, code: string) => () =>
  new Response(JSON.stringify({ code }), { status });
const hanging = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(new Error())));
/** A start and one word, and then nothing more until it is called off. */
const stalling = (signal: AbortSignal) =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(golden("turn").slice(0, 420));
        signal.addEventListener("abort", () => controller.error(new Error()));
      },
    }),
  );
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const last = (chat: Chat) => chat.state().turns.at(-1);

describe("a broken connection", () => {
  it("after_start_the_answer_is_looked_for_in_the_history_until_it_is_there", async () => {
    answers = [cut];
    histories = [[], new Unreachable("no answer"), [stored(messageId, "assistant", FULL)]];
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    expect(last(chat)).toMatchObject({ phase: "done", messageId });
    expect(answerOf(last(chat)!)).toBe(FULL);
    expect(waits).toEqual([1, 2, 4]);
  });

  it("an_answer_that_never_comes_is_given_up_after_a_minute", async () => {
    answers = [cut];
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    expect(last(chat)?.failure).toEqual({ kind: "dropped", retryable: true });
    expect(waits).toEqual([1, 2, 4, 8, 8, 8, 8, 8, 8]);
  });

  it.each([["a_visitor", false] as const, ["a_closed_history", true] as const])(
    "%s_is_told_at_once",
    async (_, isStored) => {
      answers = [cut];
      histories = [new ApiProblem(403, "forbidden")];
      const chat = makeChat(isStored);
      chat.ask("Hello");
      await settled();
      expect(last(chat)?.failure?.kind).toBe("dropped");
      expect(waits.length).toBeLessThan(2);
    },
  );

  it("before_start_the_same_turn_is_sent_again", async () => {
    const chat = makeChat();
    answers = [() => Promise.reject(new Unreachable("no answer")), finished];
    chat.ask("Hello");
    await settled();
    expect(last(chat)?.phase).toBe("done");
    expect(new Set(sent.map((request) => request.turnId)).size).toBe(1);
    expect(waits).toEqual([1]);
  });

  it("a_turn_that_exists_has_arrived_and_its_answer_is_in_the_history", async () => {
    answers = [finished, refused(409, "turn_exists")];
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    histories = [[stored("q", "user", "And then?"), stored("a", "assistant", "Then I nap.")]];
    chat.ask("And then?");
    await settled();
    expect(answerOf(last(chat)!)).toBe("Then I nap.");
  });

  it("nothing_at_all_fails_with_a_retry_of_the_same_turn", async () => {
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    expect(last(chat)?.failure).toEqual({ kind: "unreachable", retryable: true });
    answers = [finished];
    chat.retry(last(chat)!);
    await settled();
    expect(last(chat)?.phase).toBe("done");
    expect(new Set(sent.map((request) => request.turnId)).size).toBe(1);
  });
});

describe("stopping", () => {
  it("keeps_the_words_and_lets_the_next_question_go_at_once", async () => {
    answers = [stalling, finished];
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    chat.stop();
    expect(last(chat)?.phase).toBe("stopped");
    expect(answerOf(last(chat)!)).not.toBe("");
    chat.ask("And then?");
    await settled();
    expect(chat.state().turns.map((turn) => turn.phase)).toEqual(["stopped", "done"]);
    expect(sent[1]?.sessionId).toBe(sessionId);
  });
});

describe("the outbox", () => {
  it("keeps_what_is_written_offline_and_sends_it_in_order", async () => {
    online = false;
    const chat = makeChat();
    chat.ask("One?");
    chat.ask("Two?");
    await settled();
    expect(sent).toEqual([]);
    online = true;
    answers = [finished, finished];
    chat.flush();
    await settled();
    expect(sent.map((request) => request.message)).toEqual(["One?", "Two?"]);
  });
});

describe("leaving and coming back", () => {
  it("closes_the_connection_and_shows_the_finished_answer", async () => {
    answers = [stalling];
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    chat.leave();
    expect(last(chat)?.phase).toBe("answering");
    histories = [[stored(messageId, "assistant", FULL)]];
    chat.enter();
    await settled();
    expect(answerOf(last(chat)!)).toBe(FULL);
  });

  it("a_question_that_had_not_arrived_goes_again_under_its_id", async () => {
    answers = [hanging, finished];
    const chat = makeChat();
    chat.ask("Hello");
    await settled();
    chat.leave();
    chat.enter();
    await settled();
    expect(last(chat)?.phase).toBe("done");
    expect(sent[0]?.turnId).toBe(sent[1]?.turnId);
  });

  it.each([
    [5_000, "done"],
    [600_000, undefined],
  ])("a_stored_question_%s_ms_old_without_an_answer_is_%s", async (age, phase) => {
    const question = stored("q", "user", "Hello", age);
    histories = [[question, stored("a", "assistant", "Hi!")]];
    const chat = makeChat();
    chat.open("s1", [question]);
    await settled();
    expect(last(chat)?.phase).toBe(phase);
    expect(sessionOf(chat.state())).toBe("s1");
  });
});

it("a_visitor_never_names_a_session", async () => {
  answers = [finished, finished];
  const chat = makeChat(false);
  chat.ask("One?");
  await settled();
  chat.ask("Two?");
  await settled();
  expect(sent.map((request) => request.sessionId)).toEqual([undefined, undefined]);
});
