// One conversation with one animal, and its connections. It outlives the page that shows it: what
// was asked is still there when one comes back, and what was under way is taken up again.
import { ApiProblem, isFinal } from "../../api/problem";
import type { Message, TurnRequest } from "../../api/types";
import {
  emptyConversation,
  isBusy,
  reduce,
  sessionOf,
  type Conversation,
  type ConversationAction,
} from "./conversation";
import { failureOf, type Failure } from "./failure";
import { LOOK_AGAIN_MS, SEND_AGAIN_MS, findAnswer, splitUnanswered } from "./recovery";
import { streamTurn } from "./streamTurn";
import { isOpen, type Turn, type TurnAction } from "./turn";

export type ChatDependencies = {
  fetch: (request: Request) => Promise<Response>;
  loadHistory: (sessionId: string, signal: AbortSignal) => Promise<Message[]>;
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  isOnline: () => boolean;
  now: () => number;
};

type Options = {
  animalId: string;
  /** Of a visitor nothing is stored: there is no session to continue and no history to ask. */
  isStored: boolean;
};

const dropped: Failure = { kind: "dropped", retryable: true };
const unreachable: Failure = { kind: "unreachable", retryable: true };

export class Chat {
  #options: Options;
  #deps: ChatDependencies;
  #state: Conversation = emptyConversation;
  #listeners = new Set<() => void>();
  #running = new Map<string, AbortController>();
  #isShown = false;

  constructor(options: Options, deps: ChatDependencies) {
    this.#options = options;
    this.#deps = deps;
  }

  readonly state = () => this.#state;

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** The page shows it: goes on with what was under way, and until `leave` with what comes. */
  enter(): void {
    this.#isShown = true;
    for (const turn of this.#state.turns.filter(isOpen)) {
      if (!this.#running.has(turn.turnId))
        this.#start(turn.turnId, (signal) => this.#takeUp(turn, signal));
    }
    this.flush();
  }

  /** Closes the connections; the server hears the turns out by itself. */
  leave(): void {
    this.#isShown = false;
    this.#abortAll();
  }

  open(sessionId: string, messages: Message[]): void {
    this.#abortAll();
    const split = splitUnanswered(sessionId, messages, this.#deps.now());
    this.#dispatch({ type: "opened", sessionId, ...split });
    if (this.#isShown) this.enter();
  }

  reset(): void {
    this.#abortAll();
    this.#dispatch({ type: "left" });
  }

  readonly ask = (question: string): void => {
    this.#dispatch({ type: "asked", turnId: crypto.randomUUID(), question });
    this.flush();
  };

  readonly retry = (turn: Turn): void => {
    // An id the server has not seen may go again; that way a request that did arrive is not doubled.
    const turnId = turn.acknowledged ? crypto.randomUUID() : turn.turnId;
    this.#dispatch({ type: "retried", key: turn.key, turnId });
    this.flush();
  };

  readonly stop = (): void => {
    for (const { turnId } of this.#state.turns.filter(isOpen)) {
      this.#running.get(turnId)?.abort();
      this.#running.delete(turnId);
      this.#tell(turnId, { kind: "stopped" });
      // Only the reader stops here. A route that stops the server's side too is to be called here.
    }
    this.flush();
  };

  /** Sends the oldest question that waits, unless an answer is under way. */
  readonly flush = (): void => {
    if (!this.#isShown || !this.#deps.isOnline() || isBusy(this.#state)) return;
    const next = this.#state.turns.find((turn) => turn.phase === "queued");
    if (!next) return;
    this.#tell(next.turnId, { kind: "sending" });
    this.#start(next.turnId, (signal) => this.#send(next, signal));
  };

  #start(turnId: string, work: (signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController();
    this.#running.set(turnId, controller);
    void work(controller.signal).finally(() => {
      if (this.#running.get(turnId) === controller) this.#running.delete(turnId);
      this.flush();
    });
  }

  async #takeUp(turn: Turn, signal: AbortSignal): Promise<void> {
    this.#tell(turn.turnId, { kind: "broken" });
    await (turn.acknowledged ? this.#recover(turn.turnId, signal) : this.#send(turn, signal));
  }

  async #send({ turnId, question }: Turn, signal: AbortSignal): Promise<void> {
    for (const wait of [...SEND_AGAIN_MS, null]) {
      const end = await streamTurn({
        request: this.#request(turnId, question),
        fetch: this.#deps.fetch,
        signal,
        onEvent: (event) => this.#tell(turnId, event),
      });
      if (end.kind === "ended" || end.kind === "aborted") return;
      if (end.kind === "refused") return this.#refused(turnId, end.cause, signal);
      this.#tell(turnId, { kind: "broken" });
      if (this.#turn(turnId)?.acknowledged) return this.#recover(turnId, signal);
      if (!this.#deps.isOnline()) return this.#tell(turnId, { kind: "offline" });
      if (wait === null) return this.#fail(turnId, unreachable);
      await this.#deps.pause(wait, signal);
      if (signal.aborted) return;
    }
  }

  #request(turnId: string, message: string): TurnRequest {
    const { animalId, isStored } = this.#options;
    const sessionId = sessionOf(this.#state);
    const request: TurnRequest = { animalId, message, turnId };
    return isStored && sessionId !== null ? { ...request, sessionId } : request;
  }

  /** An id the server has had before is a question that did arrive; only its answer got lost. */
  async #refused(turnId: string, cause: unknown, signal: AbortSignal): Promise<void> {
    const isKnown = cause instanceof ApiProblem && cause.code === "turn_exists";
    if (!isKnown) return this.#fail(turnId, failureOf(cause));
    const sessionId = sessionOf(this.#state);
    this.#tell(turnId, { kind: "acknowledged", sessionId });
    this.#tell(turnId, { kind: "broken" });
    await this.#recover(turnId, signal);
  }

  /** Looks for the answer in the history until it is there. */
  async #recover(turnId: string, signal: AbortSignal): Promise<void> {
    const sessionId = this.#turn(turnId)?.sessionId ?? null;
    if (sessionId === null || !this.#options.isStored) return this.#fail(turnId, dropped);
    for (const wait of LOOK_AGAIN_MS) {
      do await this.#deps.pause(wait, signal);
      while (!this.#deps.isOnline() && !signal.aborted);
      if (signal.aborted) return;
      const messages = await this.#deps.loadHistory(sessionId, signal).catch(toProblemOrNone);
      const turn = this.#turn(turnId);
      if (signal.aborted || !turn) return;
      if (messages instanceof ApiProblem) break;
      const message = findAnswer(messages, turn, this.#state);
      if (message) return this.#tell(turnId, { kind: "recovered", message });
    }
    this.#fail(turnId, dropped);
  }

  #fail(turnId: string, failure: Failure): void {
    this.#tell(turnId, { kind: "failed", failure });
  }

  #turn(turnId: string): Turn | undefined {
    return this.#state.turns.find((turn) => turn.turnId === turnId);
  }

  #abortAll(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  #tell(turnId: string, action: TurnAction): void {
    this.#dispatch({ type: "streamed", turnId, action });
  }

  #dispatch(action: ConversationAction): void {
    this.#state = reduce(this.#state, action);
    for (const listener of this.#listeners) listener();
  }
}

/** A refusal will not change; anything else is worth another look. */
function toProblemOrNone(cause: unknown): ApiProblem | Message[] {
  return cause instanceof ApiProblem && isFinal(cause) ? cause : [];
}
