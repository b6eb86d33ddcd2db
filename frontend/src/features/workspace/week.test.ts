/** Opening hours: read, checked and written as the API has them. */

import { expect, test } from "vitest";

import { copied, dayName, daysIn, hoursOf, problemIn, problemOf, weekOf } from "./week";

const hours = {
  timezone: "Africa/Algiers",
  week: {
    sun: [
      ["09:00", "12:00"],
      ["13:00", "17:00"],
    ] as [string, string][],
    mon: [["09:00", "17:00"]] as [string, string][],
  },
  holidays: ["2026-07-05"],
};

test("what is read is written again", () => {
  expect(hoursOf(weekOf(hours), hours.timezone, hours.holidays)).toEqual(hours);
});

test("the week begins as the country begins it", () => {
  expect([daysIn("DZ")[0], daysIn("US")[0], daysIn("FR")[0]]).toEqual(["sat", "sun", "mon"]);
  expect(daysIn("FR")).toHaveLength(7);
  expect([dayName("fri", "ar"), dayName("sat", "en")]).toEqual(["الجمعة", "Saturday"]);
});

test("problems are found", () => {
  expect(problemOf({ start: "09:00", end: "" })).toBe("time");
  expect(problemOf({ start: "09:00", end: "09:00" })).toBe("same");
  expect(problemOf({ start: "20:00", end: "02:00" })).toBeNull();
  expect(problemIn(weekOf(null))).toBe("empty");
  expect(problemIn(weekOf(hours))).toBeNull();
});

test("a day's hours are given to the days that are open", () => {
  const week = copied(weekOf(hours), "sun");
  expect(week.mon).toHaveLength(2);
  expect(week.fri).toHaveLength(0);
});
