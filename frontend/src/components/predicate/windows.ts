/** Windows of time as predicates write them: `30m`, `7d`, or ISO 8601. */

import type { TFunction } from "i18next";

export const UNITS = ["m", "h", "d", "w"] as const;
export type Unit = (typeof UNITS)[number];

export interface Window {
  readonly amount: number;
  readonly unit: Unit;
}

/** One number and a unit; `null` for what is written otherwise. */
export function windowOf(text: string): Window | null {
  const western = text.trim().replaceAll(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));
  const [, amount, letter] = /^(\d+)([mhdw])$/.exec(western) ?? [];
  const unit = UNITS.find((each) => each === letter);
  return amount === undefined || unit === undefined ? null : { amount: Number(amount), unit };
}

export function durationText(text: string, t: TFunction<"predicate">): string {
  const window = windowOf(text);
  return window === null ? text : t(`window.${window.unit}`, { count: window.amount });
}
