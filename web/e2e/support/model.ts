// A model that says what a test wants, when the test wants it. OpenAI's streaming form.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Reply = {
  pieces: string[];
  paceMs?: number;
  /** Waits for `release` before the piece with this index. */
  holdAt?: number;
  /** Refuses instead of answering. */
  status?: number;
};

export type ScriptedModel = Awaited<ReturnType<typeof startModel>>;

export async function startModel() {
  let script: Reply[] = [];
  let held: (() => void)[] = [];
  // The page may know of its question before the model has got it: then it is let go in advance.
  let isLetGo = false;
  const hold = () =>
    isLetGo ? Promise.resolve() : new Promise<void>((resolve) => held.push(resolve));
  const server = createServer((request, response) => {
    request.resume().on("end", () => void answer(script.shift() ?? DEFAULT, response, hold));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    /** The next answers, in this order. */
    will: (...replies: Reply[]) => void script.push(...replies),
    /** Lets every answer that is held go on. */
    release: () => {
      isLetGo = held.length === 0;
      const waiting = held;
      held = [];
      for (const resolve of waiting) resolve();
    },
    reset: () => {
      isLetGo = false;
      script = [];
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const DEFAULT: Reply = { pieces: ["Hello ", "there!"] };

async function answer(reply: Reply, response: ServerResponse, hold: () => Promise<void>) {
  if (reply.status !== undefined) {
    // Longer than the server is willing to wait: it does not ask again by itself.
    const headers = { "Content-Type": "application/json", "Retry-After": "5" };
    response.writeHead(reply.status, headers).end("{}");
    return;
  }
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  for (const [index, content] of reply.pieces.entries()) {
    if (index === reply.holdAt) await hold();
    response.write(frame({ choices: [{ delta: { content }, finish_reason: null }] }));
    await new Promise((resolve) => setTimeout(resolve, reply.paceMs ?? 10));
  }
  if (reply.holdAt !== undefined && reply.holdAt >= reply.pieces.length) await hold();
  response.write(frame({ choices: [{ delta: {}, finish_reason: "stop" }] }));
  response.write(frame({ choices: [], usage: { prompt_tokens: 40, completion_tokens: 5 } }));
  response.end("data: [DONE]\n\n");
}

function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
