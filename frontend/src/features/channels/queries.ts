/** What the channels' pages ask of the API, and what they change. */

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

export type Channel = Schema<"Channel">;
export type Provider = Schema<"Provider">;
export type Health = Schema<"ChannelHealth">;
export type Checked = Schema<"ChannelChecked">;
export type Finding = Schema<"ChannelFinding">;

const MINUTE = 60_000;

export const providersQuery = queryOptions({
  queryKey: ["channels", "providers"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/providers/", { signal })),
  staleTime: 10 * MINUTE,
});

export const channelsQuery = queryOptions({
  queryKey: ["channels", "list"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/inbox/channels/", { params: { query: { page_size: 200 } }, signal })),
});

export const healthsQuery = queryOptions({
  queryKey: ["channels", "health"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/channels/health/", { signal })),
  refetchInterval: MINUTE,
});

export function channelQuery(id: string) {
  return queryOptions({
    queryKey: ["channels", "one", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/inbox/channels/{id}/", { params: { path: { id } }, signal })),
  });
}

export function healthQuery(id: string) {
  return queryOptions({
    queryKey: ["channels", "one", id, "health"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/inbox/channels/{id}/health/", { params: { path: { id } }, signal })),
    refetchInterval: MINUTE,
  });
}

export function webhookQuery(id: string) {
  return queryOptions({
    queryKey: ["channels", "one", id, "webhook"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/inbox/channels/{id}/webhook/", { params: { path: { id } }, signal })),
  });
}

export function guideQuery(slug: string, language: Schema<"Guide">["language"]) {
  return queryOptions({
    queryKey: ["channels", "guide", slug, language],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/inbox/providers/{slug}/guide/", {
          params: { path: { slug }, query: { language } },
          signal,
        }),
      ),
    staleTime: 10 * MINUTE,
  });
}

/** A change after which everything that is known of channels is asked for again. */
export function useChannelChange<Given, Answer>(change: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ["channels"] }),
  });
}
