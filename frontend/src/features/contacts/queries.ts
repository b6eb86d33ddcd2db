/** What the contacts' pages ask of the API, each thing under one key. */

import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useQuery,
  type QueryClient,
} from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

import { queryOf, type ContactsSearch, type Kind } from "./model";

const EVERY_MS = 1000;
const ALL = 200;

export const columnsQuery = queryOptions({
  queryKey: ["contacts", "columns"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/crm/contacts/columns/", { signal })),
  staleTime: 60_000,
});

export const schemaQuery = queryOptions({
  queryKey: ["contacts", "schema"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/crm/contacts/schema/", { signal })),
  staleTime: 60_000,
});

export const viewsQuery = queryOptions({
  queryKey: ["contact-views"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/crm/contact-views/", { params: { query: { page_size: ALL } }, signal })),
  select: ({ results }) => results,
});

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/crm/tags/", { params: { query: { page_size: ALL } }, signal })),
  select: ({ results }) => results,
  staleTime: 60_000,
});

export const segmentsQuery = queryOptions({
  queryKey: ["segments"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/crm/segments/", { params: { query: { page_size: ALL } }, signal })),
  select: ({ results }) => results,
  refetchInterval: ({ state }) =>
    state.data?.results.some((segment) => segment.state === "computing") === true ? EVERY_MS * 2 : false,
});

export const segmentQuery = (id: string) =>
  queryOptions({
    queryKey: ["segments", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/crm/segments/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === "computing" ? EVERY_MS : false),
  });

/** A page of the table; while the next one is fetched, the last one stays. */
export const contactsQuery = (search: ContactsSearch) =>
  queryOptions({
    queryKey: ["contacts", "query", queryOf(search)],
    queryFn: ({ signal }) => call(api.POST("/api/v1/crm/contacts/query/", { body: queryOf(search), signal })),
    placeholderData: keepPreviousData,
  });

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/crm/contacts/{id}/", { params: { path: { id } }, signal })),
  });

export const duplicatesQuery = queryOptions({
  queryKey: ["contacts", "duplicates"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/crm/contacts/duplicates/", { signal })),
});

export const duplicatesOfQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "duplicates"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/crm/contacts/{contact_id}/duplicates/", {
          params: { path: { contact_id: id } },
          signal,
        }),
      ),
  });

export const timelineQuery = (id: string, kinds: readonly Kind[]) =>
  infiniteQueryOptions({
    queryKey: ["contacts", id, "timeline", kinds],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/v1/crm/contacts/{id}/timeline/", {
          params: {
            path: { id },
            query: { limit: 30, kind: [...kinds], ...(pageParam !== "" && { before: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next, results }) => (next === null ? undefined : results.at(-1)?.id),
  });

export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "notes"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/crm/contacts/{id}/notes/", {
          params: { path: { id }, query: { page_size: ALL } },
          signal,
        }),
      ),
  });

export const conversationsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "conversations"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/inbox/conversations/", {
          params: { query: { contact: id, page_size: 20 } },
          signal,
        }),
      ),
  });

export const executionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "executions"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflow-executions/", {
          params: { query: { contact: id, page_size: 20 } },
          signal,
        }),
      ),
  });

export const importsQuery = queryOptions({
  queryKey: ["imports"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/crm/imports/", { params: { query: { page_size: 20 } }, signal })),
  select: ({ results }) => results,
});

const running = (job: Schema<"ContactJob"> | null | undefined): boolean => job?.state === "running";

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["imports", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/crm/imports/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) =>
      running(state.data?.check_job) || running(state.data?.run_job) ? EVERY_MS / 2 : false,
  });

export const exportQuery = (id: string) =>
  queryOptions({
    queryKey: ["exports", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/crm/exports/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (running(state.data?.job) ? EVERY_MS / 2 : false),
  });

/** A job that is asked for again while it runs; nothing is asked without an id. */
export function useContactJob(id: string | null) {
  return useQuery({
    queryKey: ["contact-jobs", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/crm/contact-jobs/{id}/", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data === undefined || running(state.data) ? EVERY_MS / 2 : false),
  });
}

/** Whatever is shown of contacts is asked for again. */
export function refreshContacts(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: ["contacts"] });
}
