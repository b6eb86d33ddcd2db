import { expect, test } from "vitest";

import { stateOf } from "./state";

const NOW = Date.parse("2026-11-20T12:00:00Z");

test.each([
  [{ revoked_at: null, expires_at: null }, "live"],
  [{ revoked_at: null, expires_at: "2026-11-20T12:00:01Z" }, "live"],
  [{ revoked_at: null, expires_at: "2026-11-20T12:00:00Z" }, "expired"],
  [{ revoked_at: "2026-11-19T00:00:00Z", expires_at: "2027-01-01T00:00:00Z" }, "revoked"],
])("%o is %s", (key, state) => {
  expect(stateOf(key, NOW)).toBe(state);
});
