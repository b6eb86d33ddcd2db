import { describe, expect, test } from "vitest";

import type { Job } from "../model";
import { countsOf, keysOf, mapped, stepOf } from "./steps";

describe("the mapping", () => {
  test("tells by what contacts can be found again", () => {
    expect(keysOf(["name", "email", "", "external_id"])).toEqual(["external_id", "email"]);
    expect(keysOf(["name"])).toEqual([]);
  });

  test("gives a target to one column only, but tags to as many as wanted", () => {
    expect(mapped(["phone", "", "name"], 1, "phone")).toEqual(["", "phone", "name"]);
    expect(mapped(["tags", ""], 1, "tags")).toEqual(["tags", "tags"]);
    expect(mapped(["phone", ""], 0, "")).toEqual(["", ""]);
  });
});

test("a file is where its last run is", () => {
  const job = { state: "done" } as Job;
  expect(stepOf({ check_job: null, run_job: null })).toBe("mapping");
  expect(stepOf({ check_job: job, run_job: null })).toBe("check");
  expect(stepOf({ check_job: job, run_job: job })).toBe("run");
});

test("rows are counted by what became of them", () => {
  const job = { result: { created: 0, updated: 3, unchanged: 0 }, failed: 2 } as unknown as Job;
  expect(countsOf(job)).toEqual([
    ["created", 0],
    ["updated", 3],
    ["failed", 2],
  ]);
});
