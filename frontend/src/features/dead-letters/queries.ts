/** What the page of dead letters asks of the API, and what it does with them. */

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

import type { LettersSearch } from "./searches";

export type Letter = Schema<"DeadLetter">;

export function lettersQuery(search: LettersSearch) {
  return queryOptions({
    queryKey: ["dead-letters", "list", search],
    queryFn: ({ signal }) => call(api.GET("/api/v1/dead-letters/", { params: { query: search }, signal })),
    placeholderData: keepPreviousData,
  });
}

export const kindsQuery = queryOptions({
  queryKey: ["dead-letters", "kinds"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/dead-letters/kinds/", { signal })),
});

/** Those with these ids, or all that the filters let through. */
export interface Chosen {
  readonly ids?: number[];
  readonly search: LettersSearch;
}

function asked({ ids, search: { kind, error } }: Chosen) {
  const filters = {
    ...(kind === undefined ? {} : { kind }),
    ...(error === undefined ? {} : { error }),
  };
  return { params: { query: ids === undefined ? filters : {} }, ids };
}

export function redrive(chosen: Chosen) {
  const { params, ids } = asked(chosen);
  return call(api.POST("/api/v1/dead-letters/redrive/", { params, body: ids === undefined ? {} : { ids } }));
}

export function discard({ reason, ...chosen }: Chosen & { readonly reason: string }) {
  const { params, ids } = asked(chosen);
  return call(
    api.POST("/api/v1/dead-letters/discard/", {
      params,
      body: ids === undefined ? { reason } : { ids, reason },
    }),
  );
}

/** A change after which the letters are asked for again. */
export function useLettersChange<Given, Answer>(change: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ["dead-letters"] }),
  });
}
