/** Jobs: work in the background, followed until it ends. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

const EVERY_MS = 1000;

/** A job that is asked for again each second while it runs; nothing is asked without an id. */
export function useJob(id: string | undefined): UseQueryResult<Schema<"Job">> {
  return useQuery({
    queryKey: ["jobs", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/jobs/{id}/", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== undefined,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === "running" ? EVERY_MS : false,
  });
}
