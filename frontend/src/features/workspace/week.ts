/** Opening hours as they are edited: a list of hours for each day of the week. Pure. */

import type { Schema } from "@/lib/api";

export type Hours = Schema<"BusinessHours">;

const DAYS = ["sat", "sun", "mon", "tue", "wed", "thu", "fri"] as const;
export type Day = (typeof DAYS)[number];

export interface Span {
  readonly start: string;
  readonly end: string;
}

export type Week = Readonly<Record<Day, readonly Span[]>>;

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Countries that begin the week on Saturday, then on Sunday, by CLDR; the others begin it on Monday. */
const SATURDAY = new Set("AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY".split(" "));
const SUNDAY = new Set("BR CA CN CO ID IL IN JP KE KR MX PE PH PK SA TH TW US VE YE ZA".split(" "));

/** The days in the order in which the country's calendars show them. */
export function daysIn(region: string): readonly Day[] {
  const first = SATURDAY.has(region) ? 0 : SUNDAY.has(region) ? 1 : 2;
  return [...DAYS.slice(first), ...DAYS.slice(0, first)];
}

/** What a day is called: the 3rd of January 2026 was a Saturday. */
export function dayName(day: Day, locale: string): string {
  const date = new Date(Date.UTC(2026, 0, 3 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(date);
}

export function weekOf(hours: Hours | null): Week {
  return Object.fromEntries(
    DAYS.map((day) => [
      day,
      (hours?.week[day] ?? []).map(([start, end]) => ({ start: String(start), end: String(end) })),
    ]),
  ) as unknown as Week;
}

export function hoursOf(week: Week, timezone: string, holidays: readonly string[]): Hours {
  return {
    timezone,
    week: Object.fromEntries(
      DAYS.filter((day) => week[day].length > 0).map((day) => [
        day,
        week[day].map(({ start, end }): [string, string] => [start, end]),
      ]),
    ),
    holidays: [...new Set(holidays)].sort(),
  };
}

export type Problem = "time" | "same" | "empty";

/** What is wrong with a span: a missing time, or an end at its beginning. An end before the beginning is tomorrow's. */
export function problemOf({ start, end }: Span): Problem | null {
  if (!TIME.test(start) || !(TIME.test(end) || end === "24:00")) return "time";
  return start === end ? "same" : null;
}

/** What keeps the week from being saved. */
export function problemIn(week: Week): Problem | null {
  const spans = DAYS.flatMap((day) => week[day]);
  if (spans.length === 0) return "empty";
  return spans.map(problemOf).find((problem) => problem !== null) ?? null;
}

/** The hours of one day given to every day that is open. */
export function copied(week: Week, from: Day): Week {
  return Object.fromEntries(
    DAYS.map((day) => [day, week[day].length > 0 || day === from ? week[from] : week[day]]),
  ) as unknown as Week;
}
