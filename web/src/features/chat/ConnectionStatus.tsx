import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { useOnline } from "../../shared/lib/useOnline";
import type { Turn } from "./turn";

export type ChatStatus =
  "ready" | "thinking" | "answering" | "reconnecting" | "offline" | "trouble";

const DOTS: Record<ChatStatus, string> = {
  ready: "bg-forest",
  thinking: "bg-forest",
  answering: "bg-forest",
  reconnecting: "bg-amber pulse",
  offline: "bg-danger",
  trouble: "bg-danger",
};

export function ConnectionStatus({ turn }: { turn: Turn | undefined }) {
  const status = useChatStatus(turn);
  return (
    <p
      data-testid="connection-status"
      data-status={status}
      className="flex items-center gap-2 text-sm text-ink-soft"
    >
      <span className={cn("size-2.5 shrink-0 rounded-full", DOTS[status])} aria-hidden />
      {statusText(status)}
    </p>
  );
}

export function useChatStatus(turn: Turn | undefined): ChatStatus {
  const online = useOnline();
  return online ? statusOf(turn) : "offline";
}

function statusOf(turn: Turn | undefined): ChatStatus {
  if (turn?.phase === "waiting") return "thinking";
  if (turn?.phase === "answering" || turn?.phase === "reconnecting") return turn.phase;
  const failure = turn?.failure?.kind;
  return failure === "unreachable" || failure === "dropped" ? "trouble" : "ready";
}

export function statusText(status: ChatStatus): string {
  const texts = {
    ready: m.chat_status_ready,
    thinking: m.chat_status_thinking,
    answering: m.chat_status_answering,
    reconnecting: m.chat_status_reconnecting,
    offline: m.chat_status_offline,
    trouble: m.chat_status_trouble,
  };
  return texts[status]();
}
