import { expect, test } from "vitest";

import { openingsOf, presetsAt, zonedMoment } from "./snooze";

const ALGIERS = "Africa/Algiers";
const iso = (moment: number): string => new Date(moment).toISOString().slice(0, 16);
const presets = (
  now: string,
  week?: Record<string, string[][]>,
  timeZone = ALGIERS,
): Record<string, string> => {
  const openings = openingsOf(week === undefined ? null : { timezone: timeZone, week, holidays: [] });
  return Object.fromEntries(
    presetsAt(Date.parse(now), { timeZone, openings }).map(([name, moment]) => [name, iso(moment)]),
  );
};

test("without opening hours, in the morning by the tenant's clock", () => {
  // A Friday; Algiers is an hour ahead of UTC.
  expect(presets("2026-03-20T10:05:00Z")).toEqual({
    laterToday: "2026-03-20T13:15",
    tomorrow: "2026-03-21T08:00",
    nextWeek: "2026-03-23T08:00",
  });
});

test("later today is none in the evening", () => {
  expect(presets("2026-03-20T21:00:00Z").laterToday).toBeUndefined();
});

test("by opening hours: the first open day, at its own hour", () => {
  const week = {
    sun: [["08:30", "12:00"]],
    mon: [
      ["13:00", "17:00"],
      ["09:30", "11:00"],
    ],
  };
  expect(presets("2026-03-20T10:00:00Z", week)).toEqual({
    laterToday: "2026-03-20T13:00",
    nextOpening: "2026-03-22T07:30",
    nextWeek: "2026-03-23T08:30",
  });
});

test("across a change of the clock", () => {
  // Paris leaves winter time in the night to Sunday, 29 March 2026.
  expect(presets("2026-03-28T12:00:00Z", undefined, "Europe/Paris").tomorrow).toBe("2026-03-29T07:00");
  expect(iso(zonedMoment("2026-03-29 14:30:00", "Europe/Paris"))).toBe("2026-03-29T12:30");
});

test("a picked time is the tenant's", () => {
  expect(iso(zonedMoment("2026-03-21 14:30:00", ALGIERS))).toBe("2026-03-21T13:30");
});
