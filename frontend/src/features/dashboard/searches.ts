/** What the dashboard's addresses hold: the period, what it is narrowed to, and which rows are looked at. Pure. */

import type { Schema } from "@/lib/api";

export type FigureKey = Schema<"FigureEnum">;
type Step = Schema<"Report">["step"];

const FIGURES: readonly FigureKey[] = [
  "messages_in",
  "messages_out",
  "conversations_opened",
  "conversations_closed",
  "first_response",
  "resolution",
  "send_failures",
  "executions_started",
  "executions_completed",
  "executions_failed",
  "goals_reached",
];

/** Whole days up to today, by the tenant's calendar. */
export const PRESETS = [1, 7, 30, 90] as const;
type Preset = (typeof PRESETS)[number];

type Given = Record<string, unknown>;

export interface ReportSearch {
  /** The last so many days; without it and without `from` and `to`, 30. */
  days?: Preset;
  /** Days such as `2026-11-01`, both included. */
  from?: string;
  to?: string;
  channel?: string;
  member?: string;
}

export interface RowsSearch {
  figure: FigureKey;
  /** Moments with their offset. */
  from: string;
  to: string;
  channel?: string;
  member?: string;
  reason?: string;
  page?: number;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function day(value: unknown): string | undefined {
  const given = text(value);
  return given !== undefined && DAY.test(given) && !Number.isNaN(Date.parse(given)) ? given : undefined;
}

/** Leaves out what is not there, so that addresses stay short. */
function present<Found extends object>(found: Found): { [Key in keyof Found]?: NonNullable<Found[Key]> } {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as {
    // Only members without a value are gone.
    [Key in keyof Found]?: NonNullable<Found[Key]>;
  };
}

export function reportSearch(given: Given): ReportSearch {
  const from = day(given.from);
  const to = day(given.to);
  const whole = from !== undefined && to !== undefined && from <= to;
  return present({
    days: whole ? undefined : PRESETS.find((preset) => preset === Number(given.days)),
    from: whole ? from : undefined,
    to: whole ? to : undefined,
    channel: text(given.channel),
    member: text(given.member),
  });
}

/** The search narrowed otherwise; `null` takes a narrowing away. */
export function narrowed(
  search: ReportSearch,
  change: { channel?: string | null; member?: string | null },
): ReportSearch {
  return reportSearch({ ...search, ...change });
}

export function rowsSearch(given: Given): RowsSearch {
  return {
    figure: FIGURES.find((figure) => figure === given.figure) ?? "messages_in",
    from: text(given.from) ?? "",
    to: text(given.to) ?? "",
    ...present({
      channel: text(given.channel),
      member: text(given.member),
      reason: text(given.reason),
      page: Number(given.page) > 1 ? Math.trunc(Number(given.page)) : undefined,
    }),
  };
}

/** The day of a moment on the tenant's calendar, as `2026-11-01`. */
export function dayIn(timeZone: string, moment: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(moment);
}

function daysBefore(day_: string, count: number): string {
  const moment = new Date(`${day_}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() - count);
  return moment.toISOString().slice(0, 10);
}

/** How many days there are from one to another, both included. */
function length(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

export interface ReportQuery {
  from: string;
  to: string;
  step: Step;
  channel?: string;
  member?: string;
}

const STEPS: readonly (readonly [number, Step])[] = [
  [2, "hour"],
  [100, "day"],
];

/** What the API is asked: the days, and buckets that a chart can show. */
export function queryOf(search: ReportSearch, timeZone: string, now: Date): ReportQuery {
  const today = dayIn(timeZone, now);
  const from = search.from ?? daysBefore(today, (search.days ?? 30) - 1);
  const to = search.to ?? today;
  const step = STEPS.find(([most]) => length(from, to) <= most)?.[1] ?? "week";
  return { from, to, step, ...present({ channel: search.channel, member: search.member }) };
}
