/** What the workspace's pages ask of the API, and what they change. */

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

import { nextDay, startOfDay, type AuditSearch } from "./searches";

export type Settings = Schema<"TenantSettings">;
export type SettingsChange = Schema<"PatchedTenantSettingsRequest">;
export type AuditEntry = Schema<"AuditEntry">;

export const settingsQuery = queryOptions({
  queryKey: ["tenant", "settings"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/tenant/", { signal })),
});

export const hoursQuery = queryOptions({
  queryKey: ["business-hours"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/business-hours/", { signal })),
});

/** Which text can be read on a colour. */
export function pairingQuery(color: string) {
  return queryOptions({
    queryKey: ["tenant", "pairing", color],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/tenant/brand/check/", { params: { query: { color } }, signal })),
    staleTime: Infinity,
    retry: false,
  });
}

export const auditChoicesQuery = queryOptions({
  queryKey: ["audit", "choices"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/audit/choices/", { signal })),
});

export function auditQuery(search: AuditSearch, timeZone: string) {
  return queryOptions({
    queryKey: ["audit", "list", search, timeZone],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/audit/", {
          params: {
            query: {
              ...(search.actor === undefined ? {} : { actor: search.actor }),
              ...(search.action === undefined ? {} : { action: search.action }),
              ...(search.type === undefined ? {} : { object_type: search.type }),
              ...(search.q === undefined ? {} : { search: search.q }),
              ...(search.from === undefined
                ? {}
                : { after: startOfDay(search.from, timeZone).toISOString() }),
              ...(search.to === undefined
                ? {}
                : { before: startOfDay(nextDay(search.to), timeZone).toISOString() }),
              ...(search.page === undefined ? {} : { page: search.page }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** A change after which everything that is known of the tenant is asked for again: its theme, too. */
export function useTenantChange<Given, Answer>(change: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ["tenant"] }),
  });
}
