/** What the inbox needs beside conversations: channels, labels, members, saved views, how many there are of what. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, call, type Schema } from "@/lib/api";
import { useHint } from "@/lib/live";

import { keys } from "./keys";

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

type Assignee = Schema<"Assignee">;

/** Whom a conversation can be given to. */
export function useMembers(): readonly Assignee[] | undefined {
  return useQuery({
    queryKey: keys.members,
    queryFn: async ({ signal }): Promise<readonly Assignee[]> => {
      const members = await call(
        api.GET("/api/v1/members/", { params: { query: { page_size: 200 } }, signal }),
      );
      return members.results.map(({ user }) => ({
        id: user.id,
        name: user.name === "" ? user.email : user.name,
      }));
    },
    staleTime: CALM_MS,
  }).data;
}
