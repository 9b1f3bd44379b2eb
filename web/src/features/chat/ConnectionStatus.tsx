import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { useOnline } from "../../shared/lib/useOnline";
import type { Turn } from "./turn";

type Status = "ready" | "thinking" | "answering" | "offline" | "trouble";

export function ConnectionStatus({ turn }: { turn: Turn | undefined }) {
  const online = useOnline();
  const status = online ? statusOf(turn) : "offline";
  const trouble = status === "offline" || status === "trouble";
  return (
    <p
      data-testid="connection-status"
      data-status={status}
      className="flex items-center gap-2 text-sm text-ink-soft"
    >
      <span
        className={cn("size-2.5 rounded-full", trouble ? "bg-danger" : "bg-forest")}
        aria-hidden
      />
      {statusText(status)}
    </p>
  );
}

function statusOf(turn: Turn | undefined): Status {
  if (turn?.phase === "waiting") return "thinking";
  if (turn?.phase === "answering") return "answering";
  const failure = turn?.failure?.kind;
  return failure === "unreachable" || failure === "dropped" ? "trouble" : "ready";
}

function statusText(status: Status): string {
  const texts = {
    ready: m.chat_status_ready,
    thinking: m.chat_status_thinking,
    answering: m.chat_status_answering,
    offline: m.chat_status_offline,
    trouble: m.chat_status_trouble,
  };
  return texts[status]();
}
