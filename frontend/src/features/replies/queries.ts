/** What the pages of canned replies and labels ask of the API, and what they change. */

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

export type CannedReply = Schema<"CannedReply">;
export type CannedDraft = Schema<"CannedReplyRequest">;
export type Label = Schema<"Label">;
export type LabelDraft = Schema<"LabelRequest">;

export function cannedQuery(search: string) {
  return queryOptions({
    queryKey: ["canned-replies", "settings", search],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/inbox/canned-replies/", {
          params: { query: search === "" ? {} : { search } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export const labelsQuery = queryOptions({
  queryKey: ["labels", "settings"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/labels/", { signal })),
});

/** A change after which everything under `key` is asked for again. */
export function useChange<Given, Answer>(key: string, change: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: [key] }),
  });
}

export function saveCanned({ id, ...draft }: CannedDraft & { id?: string }) {
  return id === undefined
    ? call(api.POST("/api/v1/inbox/canned-replies/", { body: draft }))
    : call(api.PATCH("/api/v1/inbox/canned-replies/{id}/", { params: { path: { id } }, body: draft }));
}

export function removeCanned(id: string) {
  return call(api.DELETE("/api/v1/inbox/canned-replies/{id}/", { params: { path: { id } } }));
}

export function saveLabel({ id, ...draft }: LabelDraft & { id?: string }) {
  return id === undefined
    ? call(api.POST("/api/v1/inbox/labels/", { body: draft }))
    : call(api.PATCH("/api/v1/inbox/labels/{id}/", { params: { path: { id } }, body: draft }));
}

export function removeLabel(id: string) {
  return call(api.DELETE("/api/v1/inbox/labels/{id}/", { params: { path: { id } } }));
}
