/** The dashboard's addresses: read with care, and turned into what the API is asked. */

import { describe, expect, test } from "vitest";

import { dayIn, queryOf, reportSearch, rowsSearch } from "./searches";

const NOW = new Date("2026-03-21T22:30:00Z");

describe("addresses", () => {
  test("what makes no sense is left out", () => {
    expect(reportSearch({ days: "8", from: "2026-03-01", channel: "", member: 3 })).toEqual({});
    expect(reportSearch({ from: "2026-03-09", to: "2026-03-01" })).toEqual({});
    expect(reportSearch({ from: "soon", to: "later" })).toEqual({});
  });

  test("days of one's own win over the last so many", () => {
    expect(reportSearch({ days: 7, from: "2026-03-01", to: "2026-03-09" })).toEqual({
      from: "2026-03-01",
      to: "2026-03-09",
    });
    expect(reportSearch({ days: 7 })).toEqual({ days: 7 });
  });

  test("rows of an unknown figure are not asked for", () => {
    expect(rowsSearch({ figure: "secrets", from: "a", to: "b", page: "1" })).toEqual({
      figure: "messages_in",
      from: "a",
      to: "b",
    });
  });
});

describe("what the API is asked", () => {
  test("days are the tenant's, who may be in tomorrow already", () => {
    expect(dayIn("Asia/Tehran", NOW)).toBe("2026-03-22");
    expect(queryOf({ days: 7 }, "Asia/Tehran", NOW)).toMatchObject({ from: "2026-03-16", to: "2026-03-22" });
    expect(queryOf({ days: 7 }, "Africa/Algiers", NOW)).toMatchObject({
      from: "2026-03-15",
      to: "2026-03-21",
    });
  });

  test("30 days without a wish, and steps that a chart can show", () => {
    expect(queryOf({}, "Africa/Algiers", NOW)).toEqual({ from: "2026-02-20", to: "2026-03-21", step: "day" });
    expect(queryOf({ days: 1 }, "Africa/Algiers", NOW).step).toBe("hour");
    expect(queryOf({ from: "2025-01-01", to: "2026-03-01" }, "Africa/Algiers", NOW).step).toBe("week");
  });
});
