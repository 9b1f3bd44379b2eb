// All input and output of the chat page: opening a stored session, sending turns, reading streams.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { api, dataOf, session } from "../../api/client";
import type { Message, TurnRequest } from "../../api/types";
import { useLatest } from "../../shared/lib/useLatest";
import { emptyConversation, isBusy, reduce } from "./conversation";
import { streamTurn } from "./streamTurn";
import type { Turn } from "./turn";

type Options = {
  animalId: string;
  /** The session the address names, if any. */
  sessionId: string | undefined;
  /** The server has put the turn into this session: the first one, or the next after a rollover. */
  onSession: (sessionId: string) => void;
};

export function useConversation({ animalId, sessionId, onSession }: Options) {
  const [state, dispatch] = useReducer(reduce, emptyConversation);
  const streams = useRef(new Map<string, AbortController>());
  const latest = useLatest({ state, onSession });
  const foreign = sessionId !== undefined && sessionId !== state.sessionId;
  const history = useQuery({
    queryKey: ["history", sessionId],
    queryFn: () => loadHistory(sessionId ?? ""),
    enabled: foreign,
    gcTime: 0,
  });

  useEffect(() => {
    if (foreign && history.data) dispatch({ type: "opened", sessionId, messages: history.data });
  }, [foreign, sessionId, history.data]);
  useEffect(() => {
    if (sessionId === undefined && latest.current.state.sessionId !== null) {
      abortAll(streams.current);
      dispatch({ type: "left" });
    }
  }, [sessionId, latest]);
  useEffect(() => () => abortAll(streams.current), []);

  const send = useCallback(
    (turnId: string, question: string) => {
      const { sessionId } = latest.current.state;
      const request: TurnRequest = { animalId, message: question, turnId };
      if (sessionId !== null) request.sessionId = sessionId;
      const stream = new AbortController();
      streams.current.set(turnId, stream);
      void streamTurn({
        request,
        fetch: session.fetch,
        signal: stream.signal,
        onAction: (action) => {
          dispatch({ type: "streamed", turnId, action });
          if (action.kind === "start") latest.current.onSession(action.data.sessionId);
        },
      }).finally(() => streams.current.delete(turnId));
    },
    [animalId, latest],
  );

  const ask = useCallback(
    (question: string) => {
      const turnId = crypto.randomUUID();
      dispatch({ type: "asked", turnId, question });
      send(turnId, question);
    },
    [send],
  );
  const retry = useCallback(
    (turn: Turn) => {
      // An id the server has not seen may go again; that way a request that did arrive is not doubled.
      const turnId = turn.acknowledged ? crypto.randomUUID() : turn.turnId;
      dispatch({ type: "retried", key: turn.key, turnId });
      send(turnId, turn.question);
    },
    [send],
  );

  return { state, ask, retry, busy: isBusy(state), opening: foreign, history };
}

function abortAll(streams: Map<string, AbortController>): void {
  for (const stream of streams.values()) stream.abort();
  streams.clear();
}

async function loadHistory(sessionId: string): Promise<Message[]> {
  const messages: Message[] = [];
  let nextToken: string | undefined;
  do {
    const query = nextToken === undefined ? { limit: 500 } : { limit: 500, nextToken };
    const page = dataOf(
      await api.GET("/conversations/history/{sessionId}", {
        params: { path: { sessionId }, query },
      }),
    );
    messages.push(...page.messages);
    nextToken = page.pagination.nextToken;
  } while (nextToken !== undefined);
  return messages;
}
