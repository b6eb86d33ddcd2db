/** How figures are written and compared. Pure. */

import type { Format } from "@/lib/format";

import type { FigureReport } from "./queries";

/** Colours that colour-blind people can tell apart (Okabe and Ito), each with a line of its own sort. */
export const LINES = [
  { color: "var(--wasl-chart-1)", dash: undefined },
  { color: "var(--wasl-chart-2)", dash: "6 4" },
  { color: "var(--wasl-chart-3)", dash: "2 3" },
] as const;

/** A figure's value as people read it: a number, or a length of time; a dash for nothing to measure. */
export function written(format: Format, unit: FigureReport["unit"], value: number | null): string {
  if (value === null) return "–";
  return unit === "seconds" ? format.duration(value * 1000) : format.number(value);
}

export interface Comparison {
  /** How much more or less, as a share of what was before; `null` when there was nothing before. */
  readonly share: number | null;
  readonly direction: "up" | "down" | "same";
  /** Whether that is welcome; `null` when nobody can say. */
  readonly welcome: boolean | null;
}

export function compared(figure: FigureReport): Comparison | null {
  const now = figure.now.value;
  const before = figure.previous.value;
  if (now === null || before === null) return null;
  const direction = now > before ? "up" : now < before ? "down" : "same";
  const welcome = figure.good === null || direction === "same" ? null : figure.good === (direction === "up");
  return { share: before === 0 ? null : (now - before) / before, direction, welcome };
}
