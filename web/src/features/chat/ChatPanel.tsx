import { ArrowDown } from "lucide-react";
import { useRef } from "react";
import type { Animal } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { useMediaQuery } from "../../shared/lib/useMediaQuery";
import { useUser } from "../auth/useSession";
import { Announcer } from "./Announcer";
import { ChatHeader } from "./ChatHeader";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { OpenProblem } from "./OpenProblem";
import { Welcome } from "./Welcome";
import { isOpen, type Turn } from "./turn";
import { useConversation } from "./useConversation";
import { useStickToEnd } from "./useStickToEnd";

type Props = { animal: Animal; sessionId: string | undefined };

export function ChatPanel({ animal, sessionId }: Props) {
  const { name } = animal;
  const list = useStickToEnd();
  const field = useRef<HTMLTextAreaElement>(null);
  // On a phone the keyboard would cover the greeting and its questions.
  const hasKeyboard = useMediaQuery("(pointer: fine)");
  // What was tapped goes away; the focus moves to the conversation, not to nowhere.
  const keepFocus = () => list.scroller.current?.focus({ preventScroll: true });
  const chat = useConversation(animal.animalId, sessionId, () =>
    hasKeyboard ? field.current?.focus() : keepFocus(),
  );
  const { past, turns } = chat.state;
  const lastTurn = turns.findLast(isOpen) ?? turns.at(-1);
  const isEmpty = past.length === 0 && turns.length === 0;
  const ask = (question: string) => {
    chat.ask(question);
    list.toEnd();
  };

  return (
    <div className="grid min-h-0 min-w-0 grid-rows-[auto_1fr]">
      <ChatHeader animal={animal} turn={lastTurn} isEmpty={isEmpty} />
      <main className="grid min-h-0 grid-rows-[1fr_auto]">
        <div className="relative min-h-0">
          <div
            ref={list.scroller}
            onScroll={list.onScroll}
            onClick={list.onClick}
            tabIndex={0}
            role="region"
            aria-label={m.chat_conversation({ name })}
            className="flex h-full flex-col overflow-y-auto overscroll-contain px-3.5 -outline-offset-4 sm:px-6"
          >
            <div ref={list.content} className="mx-auto flex w-full max-w-3xl flex-1 flex-col">
              <Body
                animal={animal}
                chat={chat}
                isEmpty={isEmpty}
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
          {!list.atEnd && (
            <ToNewest
              onClick={() => {
                keepFocus();
                list.toEnd();
              }}
            />
          )}
        </div>
        <div className="border-t border-line bg-surface px-3.5 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6 lg:border-transparent lg:bg-paper lg:pb-6">
          <div className="mx-auto max-w-3xl">
            <Composer
              name={name}
              field={field}
              hasKeyboard={hasKeyboard}
              isReady={!chat.opening}
              onSend={ask}
              onStop={chat.busy ? chat.stop : undefined}
            />
          </div>
        </div>
      </main>
      <Announcer animal={animal} turn={lastTurn} />
    </div>
  );
}

type BodyProps = {
  animal: Animal;
  chat: ReturnType<typeof useConversation>;
  isEmpty: boolean;
  onAsk: (question: string) => void;
  onRetry: (turn: Turn) => void;
};

function Body({ animal, chat, isEmpty, onAsk, onRetry }: BodyProps) {
  const user = useUser();
  const { state, history } = chat;
  if (chat.opening && history.error) {
    const { error, refetch } = history;
    return <OpenProblem error={error} animalId={animal.animalId} onRetry={() => void refetch()} />;
  }
  if (chat.opening) return <Skeleton />;
  if (isEmpty) {
    return <Welcome animal={animal} visitor={user?.displayName} onAsk={onAsk} />;
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
