import { expect, test } from "vitest";

import type { Column, Contact } from "../model";
import { differences, taken } from "./merging";

const column = (key: string, editable = true) =>
  ({ key, editable, custom: key.startsWith("custom.") }) as unknown as Column;
const COLUMNS = [
  column("name"),
  column("phone"),
  column("email"),
  column("custom.size"),
  column("tags", false),
];

test("only what both have, and not the same, is to be chosen", () => {
  const mine = { name: "أمينة", phone: "+213555123456", email: "", custom: { size: "S" }, tags: ["a"] };
  const theirs = { name: "Amina", phone: "+213555123456", email: "a@b.dz", custom: { size: "L" }, tags: [] };
  const found = differences(COLUMNS, mine as unknown as Contact, theirs as unknown as Contact);
  expect(found.map((each) => [each.column.key, each.values.this, each.values.other])).toEqual([
    ["name", "أمينة", "Amina"],
    ["custom.size", "S", "L"],
  ]);
});

test("what is taken from the other one is named", () => {
  expect(taken({ name: "other", phone: "this", "custom.size": "other" })).toEqual(["name", "custom.size"]);
});
