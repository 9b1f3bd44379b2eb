import { ArrowDown } from "lucide-react";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";
import { Announcer } from "./Announcer";
import { ChatHeader } from "./ChatHeader";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { OpenProblem } from "./OpenProblem";
import { Welcome } from "./Welcome";
import type { Turn } from "./turn";
import { useConversation } from "./useConversation";
import { useStickToEnd } from "./useStickToEnd";

type Props = { animal: Animal; sessionId: string | undefined };

export function ChatPanel({ animal, sessionId }: Props) {
  const { animalId, name } = animal;
  const navigate = useNavigate();
  const onSession = useCallback(
    (id: string) => void navigate(paths.chat(animalId, id), { replace: true }),
    [animalId, navigate],
  );
  const chat = useConversation({ animalId, sessionId, onSession });
  const list = useStickToEnd();
  const lastTurn = chat.state.turns.at(-1);
  const ask = (question: string) => {
    chat.ask(question);
    list.toEnd();
  };
  // The button that was tapped goes away; the focus moves to the conversation, not to nowhere.
  const keepFocus = () => list.scroller.current?.focus({ preventScroll: true });

  return (
    <div className="grid min-h-0 min-w-0 grid-rows-[auto_1fr_auto]">
      <ChatHeader animal={animal} turn={lastTurn} />
      <main className="relative min-h-0">
        <div
          ref={list.scroller}
          onScroll={list.onScroll}
          tabIndex={0}
          role="region"
          aria-label={m.chat_conversation({ name })}
          className="flex h-full flex-col overflow-y-auto overscroll-contain px-3.5 -outline-offset-4 sm:px-6"
        >
          <div ref={list.content} className="mx-auto flex w-full max-w-3xl flex-1 flex-col">
            <Body
              animal={animal}
              chat={chat}
              onAsk={(question) => {
                keepFocus();
                ask(question);
              }}
              onRetry={(turn) => {
                keepFocus();
                chat.retry(turn);
              }}
            />
          </div>
        </div>
        {!list.atEnd && <ToNewest onClick={list.toEnd} />}
      </main>
      <div className="border-t border-line bg-surface px-3.5 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6 lg:border-transparent lg:bg-paper lg:pb-6">
        <div className="mx-auto max-w-3xl">
          <Composer name={name} busy={chat.busy || chat.opening} onSend={ask} />
        </div>
      </div>
      <Announcer animal={animal} turn={lastTurn} />
    </div>
  );
}

type BodyProps = {
  animal: Animal;
  chat: ReturnType<typeof useConversation>;
  onAsk: (question: string) => void;
  onRetry: (turn: Turn) => void;
};

function Body({ animal, chat, onAsk, onRetry }: BodyProps) {
  const user = useUser();
  const { state, history } = chat;
  if (chat.opening && history.error) {
    const { error, refetch } = history;
    return <OpenProblem error={error} animalId={animal.animalId} onRetry={() => void refetch()} />;
  }
  if (chat.opening) return <Skeleton />;
  if (state.past.length === 0 && state.turns.length === 0) {
    return <Welcome animal={animal} visitor={user.displayName} onAsk={onAsk} />;
  }
  return <MessageList animal={animal} conversation={state} onRetry={onRetry} />;
}

function Skeleton() {
  return (
    <div role="status" aria-label={m.app_loading()} className="flex flex-col gap-4 py-5">
      <div className="skeleton h-20 w-3/5 rounded-3xl" />
      <div className="skeleton h-12 w-2/5 self-end rounded-3xl" />
      <div className="skeleton h-28 w-3/5 rounded-3xl" />
    </div>
  );
}

function ToNewest({ onClick }: { onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={m.chat_newest()}
      title={m.chat_newest()}
      onClick={onClick}
      className="absolute bottom-3 left-1/2 grid size-11 -translate-x-1/2 place-items-center rounded-full border border-line bg-surface text-forest shadow-lift hover:bg-sunken"
    >
      <ArrowDown className="size-5" aria-hidden />
    </button>
  );
}
