// A server for the tests of a chat: it answers in the order a test says, and notes what was asked.
import { golden } from "../../../tests/golden";
import { Unreachable } from "../../api/problem";
import type { Message, TurnRequest } from "../../api/types";
import { Chat } from "./chat";
import { HEAR_OUT_MS } from "./recovery";
import type { Turn } from "./turn";

type Answer = (signal: AbortSignal) => Response | Promise<Response>;
type Listening = { path: string; lastEventId: string | null };

/** A golden stream, whole and in parts. */
export const WHOLE = new TextDecoder().decode(golden("turn"));
export const FULL =
  "Rrroar! I am **Leo**. Every day I:\n- sleep up to 20 hours\n- nap in the shade";
/** The ids that the golden stream names, and the address of a turn's stream. */
export const IDS = JSON.parse(/data: (.*)/.exec(WHOLE)?.[1] ?? "") as {
  sessionId: string;
  messageId: string;
};
export const address = (turnId: string) => `/api/convo_turn/stream/${turnId}`;
const eventFrom = (id: number) => WHOLE.indexOf(`id: ${id}\n`);
export const upTo = (id: number) => WHOLE.slice(0, eventFrom(id + 1));
export const after = (id: number) => WHOLE.slice(eventFrom(id + 1));
export const LAST_ID = 14;
/** The terminal event alone, of an answer that was stopped after `lastId`. */
export const cancelledAt = (lastId: number) =>
  after(LAST_ID)
    .replace('"finishReason":"stop"', '"finishReason":"cancelled"')
    .replace(`"lastId":${LAST_ID}`, `"lastId":${lastId}`);

export const saying = (text: string) => () => new Response(text);
export const refusing = (status: number, code: string) => () =>
  new Response(JSON.stringify({ code }), { status });
export const failing = () => Promise.reject<Response>(new Unreachable("no answer"));
export const hanging: Answer = (signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error())));

/** Says `text`, and more when the test does; until it is called off. */
export function stalling(text: string) {
  let more: (text: string) => void = () => undefined;
  const answer: Answer = (signal) => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        more = (text) => controller.enqueue(encoder.encode(text));
        more(text);
        signal.addEventListener("abort", () => controller.error(new Error()));
      },
    });
    return new Response(body);
  };
  return { answer, more: (text: string) => more(text) };
}

export function last(chat: Chat): Turn {
  const turn = chat.state().turns.at(-1);
  if (!turn) throw new Error("no turn");
  return turn;
}

export class FakeServer {
  answers: Answer[] = [];
  /** What DELETE answers with; 202 without. */
  cancelAnswer: Answer = () => new Response(null, { status: 202 });
  histories: (Message[] | Error)[] = [];
  online = true;
  sent: TurnRequest[] = [];
  listened: Listening[] = [];
  cancelled: string[] = [];
  looks = 0;
  waits: number[] = [];
  #happened = 0;

  chat(options: { isStored?: boolean; isGuest?: boolean } = {}): Chat {
    const chat = new Chat(
      { animalId: "lion_001", isStored: true, isGuest: false, ...options },
      {
        fetch: (request) => this.#answer(request),
        loadHistory: async () => {
          this.looks += 1;
          const next = this.histories.shift() ?? [];
          if (next instanceof Error) throw next;
          return next;
        },
        pause: (ms) => this.#pause(ms),
        isOnline: () => this.online,
        now: () => Date.now(),
        random: () => 1,
      },
    );
    chat.enter();
    return chat;
  }

  /** The turn of a question, when all that follows from it has happened. */
  async asked(chat: Chat, question = "Hello"): Promise<Turn> {
    chat.ask(question);
    await this.isQuiet();
    return last(chat);
  }

  /** Until nothing has happened for a while, however slow the machine is. */
  async isQuiet(): Promise<void> {
    for (let quiet = 0; quiet < 4; quiet += 1) {
      const before = this.#happened;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (this.#happened !== before) quiet = -1;
    }
  }

  async #answer(request: Request): Promise<Response> {
    this.#happened += 1;
    const path = new URL(request.url).pathname;
    if (request.method === "DELETE") {
      this.cancelled.push(path);
      return this.cancelAnswer(request.signal);
    }
    if (request.method === "GET") {
      this.listened.push({ path, lastEventId: request.headers.get("Last-Event-ID") });
    } else this.sent.push((await request.json()) as TurnRequest);
    return (this.answers.shift() ?? failing)(request.signal);
  }

  /** Every wait is over at once, but for the one in which a stopped answer is heard out. */
  async #pause(ms: number): Promise<void> {
    if (ms === HEAR_OUT_MS) return new Promise(() => undefined);
    this.#happened += 1;
    this.waits.push(ms / 1000);
  }
}
