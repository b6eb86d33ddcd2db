/** Times for putting something off, by the clock of the tenant's time zone. Pure. */

export type Preset = "laterToday" | "tomorrow" | "weekend" | "nextWeek";

/** Opening times by weekday, 0 being Monday: minutes since midnight; no entry: closed all day. */
export type Openings = Readonly<Partial<Record<number, number>>>;

const MORNING = 9 * 60;
const DAY_MS = 86_400_000;
const LATER_MS = 3 * 3_600_000;

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
export function momentOf(local: Local, timeZone: string): number {
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

/** The presets that lie in the future, with their moments in milliseconds. */
export function presetsAt(
  now: number,
  { timeZone, openings = {} }: { timeZone: string; openings?: Openings },
): readonly (readonly [Preset, number])[] {
  const today = localOf(now, timeZone);
  const at = (day: number): number =>
    momentOf({ day, minutes: openings[weekdayOf(day)] ?? MORNING }, timeZone);
  const later = now + LATER_MS;
  const found: (readonly [Preset, number])[] = [];
  // Later today is none when it would be tomorrow.
  if (localOf(later, timeZone).day === today.day)
    found.push(["laterToday", Math.ceil(later / 900_000) * 900_000]);
  found.push(["tomorrow", at(today.day + 1)]);
  const monday = today.day + 7 - weekdayOf(today.day);
  if (monday !== today.day + 1) found.push(["nextWeek", at(monday)]);
  return found;
}
