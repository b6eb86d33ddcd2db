/** Figures compared with those before them. */

import { expect, test } from "vitest";

import { formatFor } from "@/lib/format";

import { compared, written } from "./figures";
import type { FigureReport, Value } from "./queries";

const rows: Value["rows"] = {
  path: "/",
  query: "",
  params: { from: "", to: "", figure: "messages_in" },
};
const value = (found: number | null): Value => ({ value: found, p90: null, count: 0, rows });

function figure(now: number | null, before: number | null, good: boolean | null): FigureReport {
  return {
    key: "first_response",
    unit: "seconds",
    good,
    now: value(now),
    previous: value(before),
    series: [],
    sampled: false,
  };
}

test("quicker answers are welcome, more failures are not", () => {
  expect(compared(figure(60, 120, false))).toEqual({ share: -0.5, direction: "down", welcome: true });
  expect(compared(figure(120, 60, false))).toEqual({ share: 1, direction: "up", welcome: false });
  expect(compared(figure(120, 60, null))?.welcome).toBeNull();
  expect(compared(figure(60, 60, true))).toEqual({ share: 0, direction: "same", welcome: null });
});

test("nothing is compared with nothing", () => {
  expect(compared(figure(null, 60, false))).toBeNull();
  expect(compared(figure(5, 0, true))).toEqual({ share: null, direction: "up", welcome: true });
});

test("lengths of time are written as such, and nothing as a dash", () => {
  const format = formatFor({ language: "en" });
  expect(written(format, "seconds", 90)).toBe("1 min 30 secs");
  expect(written(format, "count", 1234)).toBe("1,234");
  expect(written(format, "seconds", null)).toBe("–");
});
