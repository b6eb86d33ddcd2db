import { expect, test } from "vitest";

import { formatPhone } from "./phone";

test("phones are spaced as in their country, and other text is left alone", () => {
  expect(formatPhone("+213550123456")).toBe("+213 550 12 34 56");
  expect(formatPhone("+989121234567")).toBe("+98 912 123 4567");
  expect(formatPhone("@amina")).toBe("@amina");
});
