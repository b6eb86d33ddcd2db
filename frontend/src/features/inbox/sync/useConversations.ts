/** The list of conversations for some filters: page by page, kept up to date by what changed. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";

import { api, call } from "@/lib/api";
import { useHint } from "@/lib/live";

import type { Filters } from "../model/filters";
import { startList, withChanges, withPage, type List } from "../model/list";
import { keys } from "./keys";
import { useCatchUp } from "./useCatchUp";

const PAGE = 100;

async function firstPage(filters: Filters, signal: AbortSignal): Promise<List> {
  // Where to go on from is asked first: what happens between the two answers is then told once more, never not at all.
  const { revision } = await call(api.GET("/api/v1/inbox/conversations/changes/", { signal }));
  const page = await call(
    api.GET("/api/v1/inbox/conversations/", { params: { query: { ...filters, limit: PAGE } }, signal }),
  );
  return startList({ ...page, revision });
}

export interface Conversations {
  readonly list: List | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Fetches the next page, if there is one and it is not on its way. */
  readonly more: () => void;
  readonly loadingMore: boolean;
}

export function useConversations(filters: Filters): Conversations {
  const client = useQueryClient();
  const key = keys.list(filters);
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => firstPage(filters, signal),
    staleTime: Infinity,
  });

  const request = useCatchUp(JSON.stringify(filters), async () => {
    const list = client.getQueryData<List>(key);
    if (list === undefined) return;
    const changes = await call(
      api.GET("/api/v1/inbox/conversations/changes/", {
        params: { query: { ...filters, since: list.revision } },
      }),
    );
    if (changes.reload) await client.invalidateQueries({ queryKey: key, exact: true });
    else client.setQueryData<List>(key, (old) => old && withChanges(old, changes));
  });
  useHint("inbox.changed", request);
  useHint("inbox.read", request);

  const [loadingMore, setLoadingMore] = useState(false);
  const asked = useRef<string | null>(null);
  const identity = JSON.stringify(filters);
  const more = useCallback(() => {
    const queryKey = keys.list(JSON.parse(identity) as Filters);
    const list = client.getQueryData<List>(queryKey);
    if (list?.next == null || asked.current === identity + list.next) return;
    const { next, revision } = list;
    asked.current = identity + next;
    setLoadingMore(true);
    call(
      api.GET("/api/v1/inbox/conversations/", {
        params: { query: { ...(JSON.parse(identity) as Filters), limit: PAGE, cursor: next } },
      }),
    )
      .then((page) => {
        client.setQueryData<List>(queryKey, (old) => old && withPage(old, { ...page, revision }));
        // What changed while the page was on its way may not be in it.
        request();
      })
      // Scrolling on asks once more.
      .catch(() => undefined)
      .finally(() => {
        asked.current = null;
        setLoadingMore(false);
      });
  }, [client, identity, request]);

  return {
    list: query.data,
    error: query.error,
    retry: () => void query.refetch(),
    more,
    loadingMore,
  };
}
