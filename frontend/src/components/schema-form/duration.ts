/** Lengths of time: one number and a unit for people, and what the back end takes. */

import { isRecord } from "./schema";

export const UNITS = ["seconds", "minutes", "hours", "days", "weeks"] as const;
export type Unit = (typeof UNITS)[number];

export interface Duration {
  readonly amount: number;
  readonly unit: Unit;
}

/** How a duration is written: an object of parts, text such as `2h`, or a number of seconds. */
export type DurationForm = "parts" | "text" | "seconds";

const SECONDS: Readonly<Record<Unit, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
};
const LETTERS: Readonly<Record<Unit, string>> = {
  seconds: "s",
  minutes: "m",
  hours: "h",
  days: "d",
  weeks: "w",
};
const ISO = /^P(?=.)(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?=.)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/;
const PART = /^([\d.]+)\s*(s|sec|second|m|min|minute|h|hr|hour|d|day|w|week)s?$/i;

/** Arabic and Persian digits as 0–9. */
function western(text: string): string {
  return text.replaceAll(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));
}

function ofText(text: string): number | null {
  const written = western(text.trim());
  const iso = ISO.exec(written);
  if (iso !== null) {
    const units: readonly Unit[] = ["weeks", "days", "hours", "minutes", "seconds"];
    return units.reduce((sum, unit, place) => sum + Number(iso[place + 1] ?? 0) * SECONDS[unit], 0);
  }
  const parts = written.match(/[\d.]+\s*[a-z]+/gi) ?? [];
  if (parts.join("").replaceAll(/\s/g, "") !== written.replaceAll(/[\s,]/g, "") || parts.length === 0)
    return null;
  let sum = 0;
  for (const part of parts) {
    const [, amount, name = ""] = PART.exec(part) ?? [];
    const unit = UNITS.find((each) => LETTERS[each] === name.charAt(0).toLowerCase());
    if (unit === undefined) return null;
    sum += Number(amount) * SECONDS[unit];
  }
  return sum;
}

function ofParts(parts: Readonly<Record<string, unknown>>): number | null {
  let sum = 0;
  for (const [name, amount] of Object.entries(parts)) {
    const unit = UNITS.find((each) => each === name);
    if (unit === undefined || typeof amount !== "number") return null;
    sum += amount * SECONDS[unit];
  }
  return sum;
}

/** How many seconds a written duration is; `null` when it is none. */
export function secondsOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "string") return ofText(value);
  return isRecord(value) ? ofParts(value) : null;
}

/** In the largest of `units` that needs no fraction. */
export function durationOf(seconds: number, units: readonly Unit[] = UNITS): Duration {
  const exact = units.toReversed().find((unit) => seconds % SECONDS[unit] === 0 && seconds >= SECONDS[unit]);
  const unit = exact ?? units[0] ?? "seconds";
  return { amount: seconds / SECONDS[unit], unit };
}

const WRITE: Readonly<Record<DurationForm, (duration: Duration) => unknown>> = {
  // The back end's parts know no weeks.
  parts: ({ amount, unit }) => (unit === "weeks" ? { days: amount * 7 } : { [unit]: amount }),
  text: ({ amount, unit }) => `${amount}${LETTERS[unit]}`,
  seconds: ({ amount, unit }) => amount * SECONDS[unit],
};

export function writtenDuration(duration: Duration, form: DurationForm): unknown {
  return WRITE[form](duration);
}

/** The form in which a value is, else that which its schema's type asks for. */
export function formOf(value: unknown, type: unknown): DurationForm {
  const by: Readonly<Record<string, DurationForm>> = {
    string: "text",
    object: "parts",
    number: "seconds",
    integer: "seconds",
  };
  const now = value === undefined || value === null ? undefined : by[typeof value];
  return now ?? by[String(type)] ?? "text";
}
