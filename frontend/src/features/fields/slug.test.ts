import { expect, test } from "vitest";

import { slugOf } from "./slug";

test("a key is made of the label", () => {
  expect(slugOf("Date de naissance", [])).toBe("date_de_naissance");
  expect(slugOf("Été 2026 !", [])).toBe("ete_2026");
  expect(slugOf("3D size", [])).toBe("d_size");
  expect(slugOf("x".repeat(80), [])).toHaveLength(56);
});

test("a label without Latin letters gets a number, and no key comes twice", () => {
  expect(slugOf("المقاس", [])).toBe("field");
  expect(slugOf("اندازه", ["field", "field_2"])).toBe("field_3");
  expect(slugOf("Size", ["size"])).toBe("size_2");
});
