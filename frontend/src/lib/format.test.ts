import { describe, expect, test } from "vitest";

import { formatFor } from "./format";

const algiers = { region: "DZ", timeZone: "Africa/Algiers", currency: "DZD" };
const moment = "2026-03-21T22:30:00Z";

describe("by language", () => {
  test("Algerian Arabic keeps the Maghreb's digits", () => {
    expect(formatFor({ language: "ar", ...algiers }).number(1234.5)).toBe("1.234,5");
  });

  test("Persian has its own digits and calendar", () => {
    const format = formatFor({ language: "fa", region: "IR", timeZone: "Asia/Tehran", currency: "IRR" });
    expect(format.number(1234)).toBe("۱٬۲۳۴");
    expect(format.date(moment)).toBe("۲ فروردین ۱۴۰۵");
  });

  test("French writes dinars after the amount, as Algeria does", () => {
    expect(
      formatFor({ language: "fr", ...algiers })
        .money(2500)
        .replace(/\s/g, " "),
    ).toBe("2 500 DA");
  });
});

test("dates are those of the tenant's time zone", () => {
  const format = formatFor({ language: "en", region: "DZ", timeZone: "Asia/Tehran" });
  expect(format.date(moment)).toBe("22 Mar 2026");
  expect(format.time(moment)).toBe("02:00");
});

test("lengths of time show their two largest units", () => {
  const { duration } = formatFor({ language: "en" });
  expect([250, 1500, 61_000, 3_600_000, 93_784_000].map(duration)).toEqual([
    "250 ms",
    "1.5 secs",
    "1 min 1 sec",
    "1 hr",
    "1 day 2 hrs",
  ]);
});

test("relative times turn into dates after a week", () => {
  const { relative } = formatFor({ language: "en", timeZone: "UTC" });
  const now = Date.parse(moment);
  expect(relative(now - 5 * 60_000, now)).toBe("5 minutes ago");
  expect(relative(now + 26 * 3_600_000, now)).toBe("tomorrow");
  expect(relative(now - 9 * 86_400_000, now)).toBe("12 Mar 2026");
});
