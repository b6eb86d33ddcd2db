import { expect, test } from "vitest";

import { waitBefore } from ".";

test("waits double, and never exceed twenty seconds", () => {
  const longest = [0, 1, 2, 5, 6, 50].map((attempt) => waitBefore(attempt, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 16_000, 20_000, 20_000]);
});

test("browsers come back apart from one another", () => {
  expect(waitBefore(3, () => 0)).toBe(2000);
  expect(waitBefore(3, () => 1)).toBe(4000);
});
