import { expect, test } from "vitest";

import { paintsOf, type PathStep, stopsOf, takenOf } from "./path";

const OWN = "w1";

function step(node: string, port: string, more: Partial<PathStep> = {}): PathStep {
  return {
    node,
    type: "action",
    action: "",
    at: "2026-11-20T17:00:00Z",
    port,
    state: "",
    reason: "",
    instead: "",
    until: null,
    input: {},
    output: null,
    error: "",
    grounds: null,
    branches: [],
    ...more,
  };
}

function branch(name: string, workflow: string, path: PathStep[]): PathStep["branches"][number] {
  return { branch: name, workflow, workflow_name: "", state: "completed", error: "", path };
}

const PATH = [
  step("greet", "next"),
  step("each", "next", {
    branches: [branch("each:0", OWN, [step("note", "next")]), branch("each:1", OWN, [step("note", "next")])],
  }),
  step("call", "error", {
    error: "ValueError: no",
    branches: [branch("call:", "w2", [step("greet", "next", { error: "x" })])],
  }),
];

test("steps of branches come right after what started them", () => {
  expect(
    stopsOf(PATH, OWN).map(({ step: { node }, depth, part, isOwn }) => [
      node,
      depth,
      part?.branch ?? "",
      isOwn,
    ]),
  ).toEqual([
    ["greet", 0, "", true],
    ["each", 0, "", true],
    ["note", 1, "each:0", true],
    ["note", 1, "each:1", true],
    ["call", 0, "", true],
    ["greet", 1, "call:", false],
  ]);
});

test("only the own graph is painted", () => {
  const stops = stopsOf(PATH, OWN);
  expect(paintsOf(stops)).toEqual({
    greet: { state: "done" },
    each: { state: "done" },
    note: { state: "done", count: 2 },
    call: { state: "failed" },
  });
  expect([...takenOf(stops)].sort()).toEqual([
    "call:error",
    "each:each",
    "each:next",
    "greet:next",
    "note:next",
  ]);
});
