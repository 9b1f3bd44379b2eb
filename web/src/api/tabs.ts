// How the tabs of one browser hand renewed tokens to each other. Only tabs of this origin hear it,
// and nothing of it is written down.
import type { Tabs, Tokens } from "./session";

/** A tab that has something to say says it at once; to wait longer would hold up every reload. */
const ANSWER_MS = 80;

type Said =
  | { kind: "renewed" | "answer"; refreshToken: string; tokens: Tokens }
  | { kind: "question"; refreshToken: string };

type Channel = Pick<BroadcastChannel, "postMessage" | "addEventListener" | "removeEventListener">;

export function otherTabs(channel: Channel): Tabs {
  const say = (said: Said) => channel.postMessage(said);
  const onSaid = (hear: (said: Said) => void) => {
    const listener = ({ data }: MessageEvent) => hear(data as Said);
    channel.addEventListener("message", listener);
    return () => channel.removeEventListener("message", listener);
  };

  return {
    tell: (refreshToken, tokens) => say({ kind: "renewed", refreshToken, tokens }),
    ask: (refreshToken) =>
      new Promise((resolve) => {
        const done = (tokens: Tokens | null) => {
          clearTimeout(timer);
          stop();
          resolve(tokens);
        };
        const timer = setTimeout(done, ANSWER_MS, null);
        const stop = onSaid((said) => {
          if (said.kind === "answer" && said.refreshToken === refreshToken) done(said.tokens);
        });
        say({ kind: "question", refreshToken });
      }),
    listen: (onRenewed, answer) => {
      onSaid((said) => {
        if (said.kind === "renewed") onRenewed(said.refreshToken, said.tokens);
        if (said.kind !== "question") return;
        const tokens = answer(said.refreshToken);
        if (tokens) say({ kind: "answer", refreshToken: said.refreshToken, tokens });
      });
    },
  };
}
