/** What the pages about workflows ask the API. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

import type { ListSearch } from "./searches";

export type Workflow = Schema<"Workflow">;
export type WorkflowName = Schema<"WorkflowName">;
export type Diff = Schema<"Diff">;

export const PAGE_SIZE = 50;
/** The days that the list's figures are of. */
export const LIST_DAYS = 7;

/** All that is kept of workflows: to be asked for again after a change. */
export const WORKFLOWS = ["workflows"] as const;

export const workflowsQuery = ({ status, search, order, page }: ListSearch) => {
  const query = {
    ...(status && { status }),
    ...(search !== undefined && { search }),
    ordering: order ?? "-updated_at",
    page: page ?? 1,
    page_size: PAGE_SIZE,
  };
  return queryOptions({
    queryKey: [...WORKFLOWS, "list", query],
    queryFn: ({ signal }) => call(api.GET("/api/v1/workflow/workflows/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

/** The figures of the list's rows, by workflow. */
export const figuresQuery = ({ status, search, order, page }: ListSearch) => {
  const query = {
    ...(status && { status }),
    ...(search !== undefined && { search }),
    ordering: order ?? "-updated_at",
    page: page ?? 1,
    page_size: PAGE_SIZE,
    days: LIST_DAYS,
  };
  return queryOptions({
    queryKey: [...WORKFLOWS, "figures", query],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflows/statistics/", { params: { query }, signal })),
    select: (page) => new Map(page.results.map((row) => [row.workflow, row])),
    placeholderData: keepPreviousData,
  });
};

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflows/{id}/", { params: { path: { id } }, signal })),
  });

/** What publishing the draft would change; always asked anew. */
export const publishingQuery = (id: string) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id, "publishing"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflows/{id}/publishing/", { params: { path: { id } }, signal })),
    staleTime: 0,
    gcTime: 0,
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id, "versions"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{id}/versions/", {
          params: { path: { id }, query: { page_size: 200 } },
          signal,
        }),
      ),
  });

/** A version never changes. */
export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id, "versions", number],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{id}/versions/{number}/", {
          params: { path: { id, number } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });

/** From one version to another, by number; `draft` and `active` name those. */
export const diffQuery = (id: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id, "diff", from, to],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{id}/diff/", {
          params: { path: { id }, query: { from, to } },
          signal,
        }),
      ),
  });

export const statisticsQuery = (id: string, days: number, version: number | undefined) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id, "statistics", days, version],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{id}/statistics/", {
          params: { path: { id }, query: { days, ...(version !== undefined && { version }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const seriesQuery = (id: string, days: number, version: number | undefined) =>
  queryOptions({
    queryKey: [...WORKFLOWS, id, "series", days, version],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{id}/statistics/series/", {
          params: {
            path: { id },
            query: {
              from: new Date(Date.now() - days * 86_400_000).toISOString(),
              step: "day",
              ...(version !== undefined && { version }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const eventTypesQuery = queryOptions({
  queryKey: ["event-types"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/workflow/event-types/", { params: { query: { page_size: 200 } }, signal })),
  staleTime: 300_000,
});

export const templatesQuery = (language: string) =>
  queryOptions({
    queryKey: ["workflow-templates", language],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/templates/", {
          params: { query: { language, page_size: 200 } },
          signal,
        }),
      ),
    staleTime: 300_000,
  });

export const templateQuery = (slug: string, language: string) =>
  queryOptions({
    queryKey: ["workflow-templates", language, slug],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/templates/{slug}/", {
          params: { path: { slug }, query: { language } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
