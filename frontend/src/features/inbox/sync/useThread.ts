/** The messages of one conversation: the newest piece, earlier ones on demand, kept up to date by what changed. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";

import { api, call } from "@/lib/api";
import { useHint } from "@/lib/live";

import { gapsOf, isBehind, startThread, withChanges, withOlder, type Thread } from "../model/thread";
import type { MessagePiece } from "../model/types";
import { keys } from "./keys";
import { useCatchUp } from "./useCatchUp";

const PIECE = 50;

interface Asked {
  before_seq?: number;
  after_seq?: number;
  after_revision?: number;
  limit?: number;
}

function pieceOf(id: string, query: Asked, signal?: AbortSignal): Promise<MessagePiece> {
  return call(
    api.GET("/api/v1/inbox/conversations/{id}/messages/", { params: { path: { id }, query }, signal }),
  );
}

export interface ThreadSource {
  readonly thread: Thread | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
  readonly loadOlder: () => void;
  readonly loadingOlder: boolean;
  /** Asks for what changed. */
  readonly refresh: () => void;
}

export function useThread(id: string): ThreadSource {
  const client = useQueryClient();
  const key = keys.thread(id);
  const query = useQuery({
    queryKey: keys.thread(id),
    queryFn: async ({ signal }): Promise<Thread> => {
      const fresh = startThread(await pieceOf(id, { limit: PIECE }, signal));
      // What is on its way stays so when the rest is read anew.
      return { ...fresh, pending: client.getQueryData<Thread>(keys.thread(id))?.pending ?? [] };
    },
    staleTime: Infinity,
  });

  const update = useCallback(
    (change: (thread: Thread) => Thread) =>
      client.setQueryData<Thread>(keys.thread(id), (old) => old && change(old)),
    [client, id],
  );

  const refresh = useCatchUp(id, async () => {
    const before = client.getQueryData<Thread>(key);
    if (before === undefined) return;
    const piece = await pieceOf(id, { after_revision: before.revision });
    if (piece.reload) return client.invalidateQueries({ queryKey: key, exact: true });
    const after = update((thread) => withChanges(thread, piece));
    for (const [from] of after === undefined ? [] : gapsOf(after)) {
      const missing = await pieceOf(id, { after_seq: from, limit: 200 });
      update((thread) => withOlder(thread, { ...missing, more: thread.older }));
    }
  });
  useHint("inbox.changed", ({ conversations }) => {
    const hint = conversations.find((each) => each.id === id);
    const thread = client.getQueryData<Thread>(key);
    if (hint !== undefined && (thread === undefined || isBehind(thread, hint))) refresh();
  });

  const [loadingOlder, setLoadingOlder] = useState(false);
  const loading = useRef(false);
  const loadOlder = useCallback(() => {
    const thread = client.getQueryData<Thread>(keys.thread(id));
    const first = thread?.messages[0]?.seq;
    if (thread?.older !== true || first === undefined || loading.current) return;
    loading.current = true;
    setLoadingOlder(true);
    pieceOf(id, { before_seq: first, limit: PIECE })
      .then((piece) => {
        update((now) => withOlder(now, piece));
        // What changed while the piece was on its way may not be in it.
        refresh();
      })
      // Scrolling up asks once more.
      .catch(() => undefined)
      .finally(() => {
        loading.current = false;
        setLoadingOlder(false);
      });
  }, [client, id, update, refresh]);

  return {
    thread: query.data,
    error: query.error,
    retry: () => void query.refetch(),
    loadOlder,
    loadingOlder,
    refresh,
  };
}
