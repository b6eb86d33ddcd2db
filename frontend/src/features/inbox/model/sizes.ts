/** Sizes of files for people. Pure. */

import type { Format } from "@/lib/format";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function sizeOf(bytes: number, format: Pick<Format, "number">): string {
  let [value, index] = [bytes, 0];
  while (value >= 1000 && index < UNITS.length - 1) {
    value /= 1000;
    index++;
  }
  return format.number(value, {
    style: "unit",
    unit: UNITS[index] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: value < 10 && index > 0 ? 1 : 0,
  });
}
