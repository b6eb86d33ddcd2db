import { expect, test } from "vitest";

import { safeNext } from "./next";

const HERE = "http://demo.localhost:8000";

test.each([
  ["/contacts?tag=vip#top", "/contacts?tag=vip#top"],
  ["/admin/accounts/", "/admin/accounts/"],
  [undefined, "/"],
  ["", "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["//demo.localhost:9000/x", "/"],
])("%s leads to %s", (wanted, to) => {
  expect(safeNext(wanted, HERE)).toBe(to);
});
