import { describe, expect, test } from "vitest";

import { approvalsSearch, daysAgo, eventsSearch, executionSearch, executionsSearch } from "./searches";

const ID = "01a1f9d6-501c-7541-97ff-9c4d1bfe0c85";

describe("what addresses hold", () => {
  test("states come in one order, unknown ones and bad ids are left out", () => {
    expect(executionsSearch({ state: ["failed", "waiting", "x"], workflow: ID, contact: "7" })).toEqual({
      state: ["waiting", "failed"],
      workflow: ID,
    });
    expect(executionsSearch({ state: "failed", days: 7 })).toEqual({ state: ["failed"], days: 7 });
    expect(executionsSearch({ state: [], days: 8 })).toEqual({});
  });

  test("events and approvals", () => {
    expect(eventsSearch({ type: "MESSAGE_RECEIVED", contact: ID, days: 30 })).toEqual({
      type: "MESSAGE_RECEIVED",
      contact: ID,
      days: 30,
    });
    expect(approvalsSearch({ state: "pending", all: "yes" })).toEqual({ state: "pending" });
  });

  test("a step is a whole number from one", () => {
    expect([executionSearch({ step: 3 }), executionSearch({ step: 0 })]).toEqual([{ step: 3 }, {}]);
  });

  test("the same minute asks the same", () => {
    const now = Date.parse("2026-11-20T17:00:30.250Z");
    expect(daysAgo(1, now)).toBe("2026-11-19T17:00:00.000Z");
    expect(daysAgo(1, now + 20_000)).toBe(daysAgo(1, now));
  });
});
