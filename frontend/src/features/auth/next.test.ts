import { expect, test } from "vitest";

import { safeNext } from "./next";

const HERE = "http://demo.localhost:8000";

test.each([
  ["/contacts?tag=vip#top", "/contacts?tag=vip#top"],
  ["/admin/accounts/", "/admin/accounts/"],
  [undefined, "/inbox"],
  ["", "/inbox"],
  ["https://evil.example/", "/inbox"],
  ["//evil.example/x", "/inbox"],
  ["/\\evil.example", "/inbox"],
  ["/\t/evil.example", "/inbox"],
  ["javascript:alert(1)", "/inbox"],
  ["//demo.localhost:9000/x", "/inbox"],
])("%s leads to %s", (wanted, to) => {
  expect(safeNext(wanted, HERE)).toBe(to);
});
