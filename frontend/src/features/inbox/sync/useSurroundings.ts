/** What the inbox needs beside conversations: channels, labels, members, saved views, how many there are of what. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, call, type Schema } from "@/lib/api";
import { useHint } from "@/lib/live";

import { keys } from "./keys";

const NOBODY: readonly Colleague[] = [];
const CALM_MS = 60_000;
/** Counts are asked for no more often than this, however much happens. */
const COUNT_MS = 2500;

export function useLabels() {
  return useQuery({
    queryKey: keys.labels,
    queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/labels/", { signal })),
    staleTime: CALM_MS,
  });
}

/** The channels, for filters: those who may not manage them see their names all the same. */
export function useChannels() {
  return useQuery({
    queryKey: keys.channels,
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/inbox/channels/", { params: { query: { page_size: 100 } }, signal })),
    staleTime: CALM_MS,
  });
}

export function useSavedViews() {
  return useQuery({
    queryKey: keys.views,
    queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/views/", { signal })),
    staleTime: CALM_MS,
  });
}

export function useCounts() {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: keys.counts });
    }, COUNT_MS);
  };
  useHint("inbox.changed", later);
  useHint("inbox.read", later);
  useHint("resumed", later);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useQuery({
    queryKey: keys.counts,
    queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/conversations/counts/", { signal })),
  });
}

type Colleague = Schema<"Colleague">;

/** Whom a conversation can be given to, and who can be mentioned. */
export function useColleagues(): readonly Colleague[] {
  return (
    useQuery({
      queryKey: keys.members,
      queryFn: ({ signal }) => call(api.GET("/api/v1/members/names/", { signal })),
      staleTime: CALM_MS,
    }).data ?? NOBODY
  );
}
