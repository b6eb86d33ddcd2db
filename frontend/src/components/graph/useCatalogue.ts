/** The catalogue, fetched once and kept: it changes only when the server does, or with the tenant's own event types. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, call } from "@/lib/api";

import { makeCatalogue } from "./catalogue";

const catalogueQuery = queryOptions({
  queryKey: ["workflow", "catalogue", "blocks"],
  queryFn: async ({ signal }) => {
    const [all, actions] = await Promise.all([
      call(api.GET("/api/v1/workflow/fields/", { signal })),
      call(api.GET("/api/v1/workflow/actions/action_types/", { signal })),
    ]);
    return makeCatalogue(all, actions);
  },
  staleTime: 300_000,
});

export function useCatalogue() {
  return useQuery(catalogueQuery);
}
