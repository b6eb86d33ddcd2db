import { expect, test } from "vitest";

import { gistOf } from "./gist";

test("people's words come first", () => {
  expect(gistOf({ message_id: "m1", content: "سلام، کد تخفیف دارید؟" })).toBe("سلام، کد تخفیف دارید؟");
  expect(gistOf({ tag: "مهتم" })).toBe("مهتم");
});

test("else the first values that say something, and no ids", () => {
  const data = {
    order: "01a1f9d6-501c-7541-97ff-9c4d1bfe0c85",
    city: "وهران",
    items: [],
    n: 3,
    x: "",
    z: "é",
    last: 1,
  };
  expect(gistOf(data)).toBe("city: وهران · n: 3 · z: é");
  expect([gistOf({}), gistOf(null)]).toEqual(["", ""]);
});
