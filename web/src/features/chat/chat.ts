// One conversation with one animal, and its connections. It outlives the page that shows it: what
// was asked is still there when one comes back, and what was under way is taken up again.
import { ApiProblem, isFinal } from "../../api/problem";
import type { Message, TurnRequest } from "../../api/types";
import {
  earlierQuestions,
  emptyConversation,
  isBusy,
  reduce,
  sessionOf,
  type Conversation,
  type ConversationAction,
} from "./conversation";
import { failureOf, type Failure } from "./failure";
import {
  HEAR_OUT_MS,
  RESUME_AGAIN_MS,
  SEND_AGAIN_MS,
  splitUnanswered,
  withJitter,
} from "./recovery";
import { streamTurn, type StreamEnd } from "./streamTurn";
import { isOpen, lastSeenId, type Turn, type TurnAction } from "./turn";
import { askRequest, cancelRequest, resumeRequest } from "./turnRequests";

export type ChatDependencies = {
  fetch: (request: Request) => Promise<Response>;
  loadHistory: (sessionId: string, signal: AbortSignal) => Promise<Message[]>;
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  isOnline: () => boolean;
  now: () => number;
  random: () => number;
};

type Options = {
  animalId: string;
  /** Of a visitor nothing is stored: there is no session to continue and no stream to come back to. */
  isStored: boolean;
  /** Without an account: the server knows of earlier questions only what is sent along. */
  isGuest: boolean;
};

type Running = { controller: AbortController; ended: Promise<void> };

const dropped: Failure = { kind: "dropped", retryable: true };
const unreachable: Failure = { kind: "unreachable", retryable: true };

export class Chat {
  #options: Options;
  #deps: ChatDependencies;
  #state: Conversation = emptyConversation;
  #listeners = new Set<() => void>();
  #running = new Map<string, Running>();
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
      if (this.#running.has(turn.turnId)) continue;
      this.#tell(turn.turnId, { kind: "broken" });
      if (this.#mayTryAgain(turn, 0)) this.#start(turn.turnId);
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
    const stored = { animalId: this.#options.animalId, sessionId, messages };
    const split = splitUnanswered(stored, this.#deps.now());
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

  /** Under its id it is one question, however often it is sent; what has an answer needs a new one. */
  readonly retry = ({ key, turnId, failure }: Turn): void => {
    const next = failure?.keepsPart ? crypto.randomUUID() : turnId;
    this.#dispatch({ type: "retried", key, turnId: next });
    this.flush();
  };

  readonly stop = (): void => {
    for (const turn of this.#state.turns.filter(isOpen)) {
      this.#tell(turn.turnId, { kind: "stopping" });
      void this.#cancel(turn);
    }
    this.flush();
  };

  /** Sends the oldest question that waits, unless an answer is under way. */
  readonly flush = (): void => {
    if (!this.#isShown || !this.#deps.isOnline() || isBusy(this.#state)) return;
    const next = this.#state.turns.find((turn) => turn.phase === "queued");
    if (!next) return;
    this.#tell(next.turnId, { kind: "sending", body: next.body ?? this.#bodyOf(next) });
    this.#start(next.turnId);
  };

  #start(turnId: string): void {
    const controller = new AbortController();
    const ended = this.#follow(turnId, controller.signal).finally(() => {
      if (this.#running.get(turnId)?.controller === controller) this.#running.delete(turnId);
      this.flush();
    });
    this.#running.set(turnId, { controller, ended });
  }

  /** One connection after the other, until the turn has ended or is given up. */
  async #follow(turnId: string, signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const turn = this.#turn(turnId);
      if (!turn) return;
      const end = await this.#listen(turn, signal);
      if (end.kind === "ended" || end.kind === "aborted") return;
      if (end.kind === "refused") return this.#refused(turn, end.cause, signal);
      this.#tell(turnId, { kind: "broken" });
      const now = this.#turn(turnId);
      if (now && lastSeenId(now) !== lastSeenId(turn)) tries = 0;
      if (!now || !this.#mayTryAgain(now, tries)) return;
      await this.#pauseBefore(now, tries, signal);
    }
  }

  async #listen(turn: Turn, signal: AbortSignal): Promise<StreamEnd> {
    const { turnId, acknowledged } = turn;
    const end = await streamTurn({
      request: (signal) =>
        acknowledged
          ? resumeRequest(turnId, lastSeenId(turn), signal)
          : askRequest(turn.body ?? this.#bodyOf(turn), signal),
      fetch: this.#deps.fetch,
      signal,
      onOpen: () => this.#tell(turnId, { kind: "connected" }),
      onEvent: (event) => this.#tell(turnId, event),
    });
    // What the server has it will have again when it is itself again.
    const isHiccup =
      end.kind === "refused" && end.cause instanceof ApiProblem && !isFinal(end.cause);
    return acknowledged && isHiccup ? { kind: "broken" } : end;
  }

  #bodyOf({ key, turnId, question }: Turn): TurnRequest {
    const { animalId, isStored, isGuest } = this.#options;
    const sessionId = sessionOf(this.#state);
    const request: TurnRequest = { animalId, message: question, turnId };
    if (isGuest) return { ...request, history: earlierQuestions(this.#state, key) };
    return isStored && sessionId !== null ? { ...request, sessionId } : request;
  }

  #mayTryAgain({ turnId, acknowledged }: Turn, tries: number): boolean {
    if (acknowledged) {
      if (this.#options.isStored && tries < RESUME_AGAIN_MS.length) return true;
      this.#fail(turnId, dropped);
    } else if (!this.#deps.isOnline()) {
      this.#tell(turnId, { kind: "offline" });
    } else {
      if (tries < SEND_AGAIN_MS.length) return true;
      this.#fail(turnId, unreachable);
    }
    return false;
  }

  async #pauseBefore({ acknowledged }: Turn, tries: number, signal: AbortSignal): Promise<void> {
    const waits = acknowledged ? RESUME_AGAIN_MS : SEND_AGAIN_MS;
    const ms = withJitter(waits[tries] ?? 0, this.#deps.random());
    do await this.#deps.pause(ms, signal);
    while (acknowledged && !this.#deps.isOnline() && !signal.aborted);
  }

  async #refused(turn: Turn, cause: unknown, signal: AbortSignal): Promise<void> {
    const { key, turnId, acknowledged } = turn;
    if (acknowledged && isCode(cause, "turn_expired")) return this.#lookForAnswer(turn, signal);
    if (isCode(cause, "turn_reused")) {
      // Under this id the server has another question; this one goes under a new one.
      return this.#dispatch({ type: "retried", key, turnId: crypto.randomUUID() });
    }
    this.#fail(turnId, failureOf(cause, this.#deps.now()));
  }

  /** The stream is not there any more; its answer may stand in the history all the same. */
  async #lookForAnswer({ turnId, sessionId }: Turn, signal: AbortSignal): Promise<void> {
    const messages =
      sessionId === null ? [] : await this.#deps.loadHistory(sessionId, signal).catch(() => []);
    if (signal.aborted) return;
    const message = messages.find((each) => each.sender === "assistant" && each.turnId === turnId);
    if (message) this.#tell(turnId, { kind: "recovered", message });
    else this.#fail(turnId, dropped);
  }

  /** Calls the turn off, and listens on for a moment to how much of its answer is kept. */
  async #cancel({ turnId, acknowledged, phase }: Turn): Promise<void> {
    // Between two connections nothing is heard: the next one comes when the turn is called off.
    if (!acknowledged || phase === "reconnecting") this.#abort(turnId);
    if ((await this.#callOff(turnId)) && acknowledged) await this.#hearOut(turnId);
    this.#abort(turnId);
    this.#tell(turnId, { kind: "stopped" });
  }

  async #callOff(turnId: string): Promise<boolean> {
    if (this.#options.isGuest) return false;
    return this.#deps.fetch(cancelRequest(turnId)).then(
      (response) => response.ok,
      () => false,
    );
  }

  async #hearOut(turnId: string): Promise<void> {
    if (!this.#isShown || this.#turn(turnId)?.phase !== "stopping") return;
    if (!this.#running.has(turnId)) this.#start(turnId);
    const running = this.#running.get(turnId);
    if (!running) return;
    const { ended, controller } = running;
    await Promise.race([ended, this.#deps.pause(HEAR_OUT_MS, controller.signal)]);
  }

  #fail(turnId: string, failure: Failure): void {
    this.#tell(turnId, { kind: "failed", failure });
  }

  #turn(turnId: string): Turn | undefined {
    return this.#state.turns.find((turn) => turn.turnId === turnId);
  }

  #abort(turnId: string): void {
    this.#running.get(turnId)?.controller.abort();
    this.#running.delete(turnId);
  }

  #abortAll(): void {
    for (const { controller } of this.#running.values()) controller.abort();
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

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof ApiProblem && cause.code === code;
}
