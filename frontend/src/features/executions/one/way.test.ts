import { describe, expect, test } from "vitest";

import { markOf, paintsUntil, stopAt, stopsOf, takenUntil, type Visit } from "./way";

const MAIN = "v1";

function visit(node: string, port: string, state = "completed", children: Visit["children"] = []): Visit {
  return {
    node,
    label: node,
    type: "action",
    step: null,
    action: "",
    state,
    port,
    started_at: null,
    ended_at: null,
    duration_s: null,
    attempts: 1,
    input: {},
    output: {},
    error: "",
    jumped: false,
    known: true,
    children,
  };
}

function child(branch: string, graph: string, visits: Visit[]): Visit["children"][number] {
  const execution = { id: branch, branch } as Visit["children"][number]["execution"];
  return { execution, graph, visits, truncated: false };
}

const FORK = visit("fork", "next", "completed", [
  child("fork:customer", MAIN, [visit("remind", "next")]),
  child("fork:team", MAIN, [
    visit("each", "next", "completed", [
      child("each:0", MAIN, [visit("note", "next")]),
      child("each:1", MAIN, [visit("note", "error", "failed")]),
    ]),
  ]),
]);
const CALL = visit("call", "next", "completed", [
  child("call:", "other", [visit("remind", "next", "failed")]),
]);
const STOPS = stopsOf({
  graph: MAIN,
  visits: [visit("order", "timeout"), FORK, CALL, visit("meet", "", "waiting")],
});

describe("the way of an execution", () => {
  test("what a step started comes right after it, deeper, and names its part", () => {
    expect(STOPS.map(({ visit: { node }, depth, part }) => [node, depth, part?.branch ?? ""])).toEqual([
      ["order", 0, ""],
      ["fork", 0, ""],
      ["remind", 1, "fork:customer"],
      ["each", 1, "fork:team"],
      ["note", 2, "each:0"],
      ["note", 2, "each:1"],
      ["call", 0, ""],
      ["remind", 1, "call:"],
      ["meet", 0, ""],
    ]);
  });

  test("nodes are painted as they stood, with how often, and other graphs do not count", () => {
    expect(paintsUntil(STOPS, 0, MAIN)).toEqual({ order: { state: "done" } });
    const all = paintsUntil(STOPS, STOPS.length - 1, MAIN);
    expect(all.note).toEqual({ state: "failed", count: 2 });
    expect(all.remind).toEqual({ state: "done" });
    expect(all.meet).toEqual({ state: "waiting" });
  });

  test("edges are taken once they are left behind, into branches and turns too", () => {
    expect([...takenUntil(STOPS, 0, MAIN)]).toEqual([]);
    expect([...takenUntil(STOPS, 2, MAIN)].sort()).toEqual(["fork:customer", "fork:next", "order:timeout"]);
    expect(takenUntil(STOPS, STOPS.length - 1, MAIN).has("each:each")).toBe(true);
    expect(takenUntil(STOPS, STOPS.length - 1, MAIN).has("note:error")).toBe(true);
  });

  test("a node is found where it was last", () => {
    expect(stopAt(STOPS, "note", MAIN)).toBe(5);
    expect(stopAt(STOPS, "remind", MAIN)).toBe(2);
    expect(stopAt(STOPS, "bought", MAIN)).toBe(-1);
    expect(markOf("unheard of")).toBe("neutral");
  });
});
