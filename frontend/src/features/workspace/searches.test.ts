/** The audit's address, and days as the tenant's clock begins them. */

import { expect, test } from "vitest";

import { auditSearch, nextDay, startOfDay } from "./searches";

test("what makes no sense is left out", () => {
  expect(auditSearch({ actor: "", type: "crm.contact", from: "soon", to: "2026-11-20", page: "0" })).toEqual({
    type: "crm.contact",
    to: "2026-11-20",
  });
});

test("days begin where the tenant is", () => {
  expect(startOfDay("2026-11-20", "Africa/Algiers").toISOString()).toBe("2026-11-19T23:00:00.000Z");
  expect(startOfDay("2026-11-20", "Asia/Tehran").toISOString()).toBe("2026-11-19T20:30:00.000Z");
  expect(startOfDay("2026-11-20", "America/New_York").toISOString()).toBe("2026-11-20T05:00:00.000Z");
});

test("months and years end", () => {
  expect([nextDay("2026-11-30"), nextDay("2026-12-31"), nextDay("2028-02-28")]).toEqual([
    "2026-12-01",
    "2027-01-01",
    "2028-02-29",
  ]);
});
