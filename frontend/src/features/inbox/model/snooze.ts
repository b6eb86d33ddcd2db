/** Times for putting something off, by the clock of the tenant's time zone. Pure. */

import type { Schema } from "@/lib/api";

type Preset = "laterToday" | "tomorrow" | "nextOpening" | "nextWeek";

/** When the business opens, by weekday, 0 being Monday: minutes since midnight; a day without an entry is closed. */
type Openings = ReadonlyMap<number, number>;

const MORNING = 9 * 60;
const DAY_MS = 86_400_000;
const LATER_MS = 3 * 3_600_000;
const QUARTER_MS = 900_000;

interface Local {
  /** Days since the epoch, and minutes since midnight, on the clock of the zone. */
  readonly day: number;
  readonly minutes: number;
}

function localOf(moment: number, timeZone: string): Local {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value ?? 0);
  return {
    day: Math.round(Date.UTC(part("year"), part("month") - 1, part("day")) / DAY_MS),
    minutes: part("hour") * 60 + part("minute"),
  };
}

/** The moment at which the zone's clock shows this. */
function momentOf(local: Local, timeZone: string): number {
  const wanted = local.day * DAY_MS + local.minutes * 60_000;
  let moment = wanted;
  // Twice, since the first guess may lie on the other side of a change of the clock.
  for (let round = 0; round < 2; round++) {
    const shown = localOf(moment, timeZone);
    moment += wanted - (shown.day * DAY_MS + shown.minutes * 60_000);
  }
  return moment;
}

/** 0 being Monday. The epoch was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** When the business opens on which days; without opening hours, every day in the morning. */
export function openingsOf(hours: Schema<"BusinessHours"> | null | undefined): Openings {
  if (hours == null) return new Map(WEEKDAYS.map((_, weekday) => [weekday, MORNING]));
  return new Map(
    WEEKDAYS.flatMap((name, weekday) => {
      const first = hours.week[name]?.map(([from]) => from ?? "").sort()[0];
      const [hour, minute] = (first ?? "").split(":").map(Number);
      return hour === undefined || minute === undefined ? [] : [[weekday, hour * 60 + minute] as const];
    }),
  );
}

/** A few times ahead that are often meant, in milliseconds. */
export function presetsAt(
  now: number,
  { timeZone, openings }: { timeZone: string; openings: Openings },
): readonly (readonly [Preset, number])[] {
  const today = localOf(now, timeZone);
  const opens = (day: number): number | undefined => openings.get(weekdayOf(day));
  const at = (day: number): number => momentOf({ day, minutes: opens(day) ?? MORNING }, timeZone);
  const firstOpen = (from: number): number =>
    [0, 1, 2, 3, 4, 5, 6].map((ahead) => from + ahead).find((day) => opens(day) !== undefined) ?? from;
  const found: (readonly [Preset, number])[] = [];
  // On the quarter; none when it would be tomorrow.
  const later = Math.ceil((now + LATER_MS) / QUARTER_MS) * QUARTER_MS;
  if (localOf(later, timeZone).day === today.day) found.push(["laterToday", later]);
  const next = firstOpen(today.day + 1);
  found.push([next === today.day + 1 ? "tomorrow" : "nextOpening", at(next)]);
  const week = firstOpen(today.day + 7 - weekdayOf(today.day));
  if (week !== next) found.push(["nextWeek", at(week)]);
  return found;
}

/** The moment of a picker's `2026-03-21 14:30:00` on the zone's clock. */
export function zonedMoment(picked: string, timeZone: string): number {
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0] = picked.split(/\D+/).map(Number);
  return momentOf({ day: Date.UTC(year, month - 1, date) / DAY_MS, minutes: hour * 60 + minute }, timeZone);
}
