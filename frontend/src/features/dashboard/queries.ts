/** What the dashboard asks of the API. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, call, type Schema } from "@/lib/api";

import type { ReportQuery, RowsSearch } from "./searches";

export type Report = Schema<"Report">;
export type FigureReport = Schema<"FigureReport">;
export type Value = Schema<"Value">;
export type Part = Schema<"Part">;
export type RowsParameters = Schema<"RowsParameters">;

const MINUTE = 60_000;

export function reportQuery(query: ReportQuery) {
  return queryOptions({
    queryKey: ["analytics", "report", query],
    queryFn: ({ signal }) => call(api.GET("/api/v1/analytics/report/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: MINUTE,
  });
}

export function rowsQuery(query: RowsSearch) {
  return queryOptions({
    queryKey: ["analytics", "rows", query],
    queryFn: ({ signal }) => call(api.GET("/api/v1/analytics/rows/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export const channelNamesQuery = queryOptions({
  queryKey: ["channels", "names"],
  queryFn: ({ signal }) =>
    call(api.GET("/api/v1/inbox/channels/", { params: { query: { page_size: 200 } }, signal })),
  staleTime: MINUTE,
});
