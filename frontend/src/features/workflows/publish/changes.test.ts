import { describe, expect, test } from "vitest";

import type { Diff } from "../queries";
import { countsOf, paintsOf, sectionsOf, shortly } from "./changes";

function part(id: string, change: "added" | "removed" | "changed") {
  return { id, label: id, change, fields: [] };
}

const DIFF: Diff = {
  is_same: false,
  triggers: [],
  nodes: [part("old", "removed"), part("greet", "changed"), part("coupon", "added")],
  edges: [part("greet:next", "added")],
  policy: [],
  start: null,
};

describe("what changed", () => {
  test("by sort, what was added first", () => {
    expect(sectionsOf(DIFF).map(({ name, parts }) => [name, parts.map(({ id }) => id)])).toEqual([
      ["nodes", ["coupon", "greet", "old"]],
      ["edges", ["greet:next"]],
    ]);
  });

  test("counted and painted", () => {
    expect(countsOf(DIFF)).toEqual({ added: 2, changed: 1, removed: 1 });
    expect(paintsOf(DIFF)).toEqual({
      old: { state: "removed" },
      greet: { state: "changed" },
      coupon: { state: "added" },
    });
  });

  test("values are short, and none is none", () => {
    expect(shortly("سلام")).toBe("سلام");
    expect(shortly({ hours: 2 })).toBe('{"hours":2}');
    expect(shortly("x".repeat(400))).toHaveLength(160);
    expect([shortly(null), shortly(""), shortly(0)]).toEqual([null, null, "0"]);
  });
});
