/** What the pages about executions, events and approvals ask the API. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { isUnderWay } from "@/components/run";
import { api, call, type Schema } from "@/lib/api";

import { type ApprovalsSearch, daysAgo, type EventsSearch, type ExecutionsSearch } from "./searches";

export type Execution = Schema<"Execution">;
export type ExecutionDetail = Schema<"ExecutionDetail">;
export type Event = Schema<"Event">;
export type Verdict = Schema<"Verdict">;

const PAGE_SIZE = 50;
/** How often what may change by itself is asked for again; only while the page is looked at. */
const LIST_MS = 8_000;
const ONE_MS = 2_000;
/** With more pages than these a list is not refreshed by itself: one reads it, or wants its end. */
const MOST_REFRESHED_PAGES = 2;

export const EXECUTIONS = ["executions"] as const;

interface Paged {
  pages: readonly unknown[];
}

function listInterval({ state }: { state: { data: Paged | undefined } }): number | false {
  return (state.data?.pages.length ?? 0) > MOST_REFRESHED_PAGES ? false : LIST_MS;
}

/** The filters as the API takes them, of the list and of what is done to many at once. */
export function filtersOf({ workflow, contact, event, state, days }: ExecutionsSearch) {
  return {
    ...(workflow !== undefined && { workflow }),
    ...(contact !== undefined && { contact }),
    ...(event !== undefined && { event }),
    ...(state !== undefined && { state }),
    ...(days !== undefined && { started_after: daysAgo(days) }),
  };
}

const nextPage = (last: { next?: string | null }, pages: readonly unknown[]): number | undefined =>
  last.next == null ? undefined : pages.length + 1;

export const executionsQuery = (search: ExecutionsSearch) =>
  infiniteQueryOptions({
    queryKey: [...EXECUTIONS, "list", search],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filtersOf(search), page: pageParam, page_size: PAGE_SIZE };
      return call(api.GET("/api/v1/workflow/workflow-executions/", { params: { query }, signal }));
    },
    getNextPageParam: nextPage,
    placeholderData: keepPreviousData,
    refetchInterval: listInterval,
  });

/** How many there are. */
export const countQuery = (search: ExecutionsSearch) =>
  queryOptions({
    queryKey: [...EXECUTIONS, "count", search],
    queryFn: async ({ signal }) => {
      const query = { ...filtersOf(search), page_size: 1 };
      return (await call(api.GET("/api/v1/workflow/workflow-executions/", { params: { query }, signal })))
        .count;
    },
  });

export const executionQuery = (id: string) =>
  queryOptions({
    queryKey: [...EXECUTIONS, id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflow-executions/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnderWay(state.data.state) ? ONE_MS : false,
  });

/** The way that it took; asked for again with the execution, by who calls. */
export const replayQuery = (id: string, isGoing: boolean) =>
  queryOptions({
    queryKey: [...EXECUTIONS, id, "replay"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflow-executions/{id}/replay/", { params: { path: { id } }, signal }),
      ),
    refetchInterval: isGoing ? ONE_MS : false,
  });

/** A version never changes. */
export const versionQuery = (workflowId: string, number: number) =>
  queryOptions({
    queryKey: ["workflows", workflowId, "versions", number],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{id}/versions/{number}/", {
          params: { path: { id: workflowId, number } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: ["workflows", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflows/{id}/", { params: { path: { id } }, signal })),
  });

export const eventsQuery = ({ type, contact, days }: EventsSearch) =>
  infiniteQueryOptions({
    queryKey: ["events", "list", { type, contact, days }],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(type !== undefined && { type }),
        ...(contact !== undefined && { contact }),
        ...(days !== undefined && { recorded_after: daysAgo(days) }),
        page: pageParam,
        page_size: PAGE_SIZE,
      };
      return call(api.GET("/api/v1/workflow/events/", { params: { query }, signal }));
    },
    getNextPageParam: nextPage,
    placeholderData: keepPreviousData,
    refetchInterval: listInterval,
  });

/** An event with what each workflow made of it. */
export const explainedQuery = (id: string) =>
  queryOptions({
    queryKey: ["events", id, "explain"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/events/{id}/explain/", { params: { path: { id } }, signal })),
  });

export interface Question {
  readonly workflow: string;
  readonly contact: string;
  readonly days: number;
}

/** Why a workflow did, or did not, run for a contact. */
export const answerQuery = ({ workflow, contact, days }: Question) =>
  queryOptions({
    queryKey: ["events", "answer", workflow, contact, days],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflows/{workflow_id}/explain/", {
          params: { path: { workflow_id: workflow }, query: { user_id: contact, days } },
          signal,
        }),
      ),
    staleTime: 0,
  });

export const APPROVALS = ["approvals"] as const;

export const approvalsQuery = ({ state, all }: ApprovalsSearch) =>
  infiniteQueryOptions({
    queryKey: [...APPROVALS, "list", { state, all }],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        state: [state ?? "pending"],
        ...(all !== true && { mine: true }),
        ordering: state === undefined || state === "pending" ? "deadline" : "-decided_at",
        page: pageParam,
        page_size: PAGE_SIZE,
      };
      return call(api.GET("/api/v1/workflow/approvals/", { params: { query }, signal }));
    },
    getNextPageParam: nextPage,
    placeholderData: keepPreviousData,
    refetchInterval: listInterval,
  });
