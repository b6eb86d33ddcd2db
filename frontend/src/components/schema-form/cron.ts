/** Schedules in cron's five fields: the common ones as people say them, the others as they are. */

export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export type Schedule =
  | { readonly kind: "minutes"; readonly every: number }
  | { readonly kind: "hourly"; readonly minute: number }
  | { readonly kind: "daily"; readonly time: string }
  | { readonly kind: "weekly"; readonly time: string; readonly days: readonly Weekday[] }
  | { readonly kind: "monthly"; readonly time: string; readonly day: number }
  | { readonly kind: "custom"; readonly text: string };

export const KINDS = ["minutes", "hourly", "daily", "weekly", "monthly", "custom"] as const;

const two = (number: number): string => String(number).padStart(2, "0");

function whole(text: string, least: number, most: number): number | null {
  if (!/^\d{1,2}$/.test(text)) return null;
  const number = Number(text);
  return number >= least && number <= most ? number : null;
}

function weekdayAt(text: string): number | null {
  const named = WEEKDAYS.findIndex((day) => day === text.toLowerCase());
  if (named >= 0) return named;
  const number = whole(text, 0, 7);
  return number === null ? null : number % 7;
}

/** The weekdays of a field such as `sun-thu` or `1,3`; `null` when it says something else. */
export function weekdaysOf(field: string): Weekday[] | null {
  const days = new Set<number>();
  for (const part of field.split(",")) {
    const [first = "", last = first, ...more] = part.split("-");
    const from = weekdayAt(first);
    const to = weekdayAt(last);
    if (from === null || to === null || more.length > 0) return null;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return WEEKDAYS.filter((_, place) => days.has(place));
}

export function scheduleOf(text: string): Schedule {
  const custom: Schedule = { kind: "custom", text };
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...more] = text.trim().split(/\s+/);
  if (month !== "*" || more.length > 0) return custom;
  const step = /^\*\/(\d{1,2})$/.exec(minute)?.[1];
  if (step !== undefined && hour === "*" && day === "*" && weekday === "*" && 60 % Number(step) === 0)
    return { kind: "minutes", every: Number(step) };
  const atMinute = whole(minute, 0, 59);
  if (atMinute === null) return custom;
  if (hour === "*") return day === "*" && weekday === "*" ? { kind: "hourly", minute: atMinute } : custom;
  const atHour = whole(hour, 0, 23);
  if (atHour === null) return custom;
  const time = `${two(atHour)}:${two(atMinute)}`;
  if (day === "*" && weekday === "*") return { kind: "daily", time };
  if (day === "*") {
    const days = weekdaysOf(weekday);
    return days === null ? custom : { kind: "weekly", time, days };
  }
  const onDay = whole(day, 1, 31);
  return onDay !== null && weekday === "*" ? { kind: "monthly", time, day: onDay } : custom;
}

function clock(time: string): string {
  const [hour = "0", minute = "0"] = time.split(":");
  return `${Number(minute)} ${Number(hour)}`;
}

type Write<Kind extends Schedule["kind"]> = (schedule: Extract<Schedule, { kind: Kind }>) => string;

const WRITE: { readonly [Kind in Schedule["kind"]]: Write<Kind> } = {
  minutes: ({ every }) => `*/${every} * * * *`,
  hourly: ({ minute }) => `${minute} * * * *`,
  daily: ({ time }) => `${clock(time)} * * *`,
  weekly: ({ time, days }) => `${clock(time)} * * ${WEEKDAYS.filter((day) => days.includes(day)).join(",")}`,
  monthly: ({ time, day }) => `${clock(time)} ${day} * *`,
  custom: ({ text }) => text,
};

export function cronOf(schedule: Schedule): string {
  // Each kind is written by the function of that kind.
  return (WRITE[schedule.kind] as (schedule: Schedule) => string)(schedule);
}

/** A schedule of another kind that keeps what both kinds know: the time of day. */
export function asKind(schedule: Schedule, kind: Schedule["kind"]): Schedule {
  const time = "time" in schedule ? schedule.time : "09:00";
  const made: { readonly [Kind in Schedule["kind"]]: () => Schedule } = {
    minutes: () => ({ kind: "minutes", every: 15 }),
    hourly: () => ({ kind: "hourly", minute: 0 }),
    daily: () => ({ kind: "daily", time }),
    weekly: () => ({ kind: "weekly", time, days: ["sun", "mon", "tue", "wed", "thu"] }),
    monthly: () => ({ kind: "monthly", time, day: 1 }),
    custom: () => ({ kind: "custom", text: cronOf(schedule) }),
  };
  return made[kind]();
}
