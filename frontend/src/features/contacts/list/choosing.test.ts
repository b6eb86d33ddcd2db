import { expect, test } from "vitest";

import { selectionOf, ticked } from "./choosing";

const ROWS = ["a", "b", "c", "d"];

test("chosen contacts are named, or all that match are meant", () => {
  const filter = { field: "user.language", op: "equals", value: "fa" };
  expect(selectionOf({ ids: ["a"], all: false }, { q: "x", filter })).toEqual({
    ids: ["a"],
    all_matching: false,
    search: "",
  });
  expect(selectionOf({ ids: ["a"], all: true }, { q: "سارا", filter })).toEqual({
    all_matching: true,
    search: "سارا",
    predicate: filter,
  });
  expect(selectionOf({ ids: [], all: true }, { filter: { all: [] } })).toEqual({
    all_matching: true,
    search: "",
  });
});

test("rows are ticked one by one, or from one to another", () => {
  expect(ticked([], ROWS, "b", null)).toEqual(["b"]);
  expect(ticked(["b"], ROWS, "b", null)).toEqual([]);
  expect(ticked(["b"], ROWS, "d", "b")).toEqual(["b", "c", "d"]);
  expect(ticked(["d"], ROWS, "b", "d")).toEqual(["b", "c", "d"]);
  expect(ticked(["a", "b", "c"], ROWS, "a", "c")).toEqual([]);
  expect(ticked([], ROWS, "c", "gone")).toEqual(["c"]);
});
