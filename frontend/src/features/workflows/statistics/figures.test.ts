import { describe, expect, test } from "vitest";

import type { Schema } from "@/lib/api";

import { dropOff, paintsOf } from "./figures";

function node(id: string, figures: Partial<Schema<"NodeStatistics">>): Schema<"NodeStatistics"> {
  return {
    node: id,
    type: "action",
    name: "",
    action: "",
    total: 0,
    counts: {},
    completed: 0,
    failed: 0,
    waiting: 0,
    left: 0,
    converted: null,
    attempts: 1,
    median_s: null,
    p95_s: null,
    ports: {},
    arms: [],
    ...figures,
  };
}

describe("figures of nodes", () => {
  test("who failed or was taken out did not go on", () => {
    expect(dropOff({ total: 8, failed: 1, left: 1 })).toBe(0.25);
    expect(dropOff({ total: 0, failed: 0, left: 0 })).toBeNull();
  });

  test("failures are painted before waits, and a node that nobody came to is pale", () => {
    const nodes = [
      node("a", { total: 5, failed: 1, waiting: 2 }),
      node("b", { total: 4, waiting: 2 }),
      node("c", { total: 4 }),
      node("d", {}),
    ];
    const paints = paintsOf(nodes, ({ failed }) => (failed > 0 ? `${failed} ✗` : ""));
    expect(paints).toEqual({
      a: { state: "failed", count: 5, note: "1 ✗" },
      b: { state: "waiting", count: 4 },
      c: { state: "neutral", count: 4 },
      d: { state: "skipped", count: 0 },
    });
  });
});
