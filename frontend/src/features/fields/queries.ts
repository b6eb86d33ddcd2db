/** The tenant's fields and tags. */

import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { api, call } from "@/lib/api";

const ALL = 200;

export const fieldsQuery = queryOptions({
  queryKey: ["fields"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/crm/fields/", { params: { query: { page_size: ALL } }, signal })),
  select: ({ results }) => results,
});

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/crm/tags/", { params: { query: { page_size: ALL } }, signal })),
  select: ({ results }) => results,
});

/** Whatever shows contacts shows their fields and tags too. */
export async function refresh(client: QueryClient, key: "fields" | "tags"): Promise<void> {
  await client.invalidateQueries({ queryKey: [key] });
  await client.invalidateQueries({ queryKey: ["contacts"] });
}
