import { expect, test } from "vitest";

import { readDocument, type Catalogue } from "@/components/graph";

import { linearRows } from "./linear";

const block = (slug: string, fixed: string[]) => ({
  key: slug,
  slug,
  type: slug,
  action: "",
  label: slug,
  description: "",
  category: "logic",
  icon: "",
  effect: null,
  schema: {},
  example: {},
  outputSchema: {},
  exampleOutput: {},
  retry: null,
  rule: { fixed, each: "", key: "", label: "", when: {} },
  keys: new Set<string>(),
  branches: false,
  channels: [],
});
const catalogue: Catalogue = {
  blocks: [block("do", ["next", "error"]), block("fork", ["yes", "no"]), block("end", [])],
  triggers: [],
  eventTypes: [],
  exitSignals: [],
  operators: [],
  fields: [],
  documentSchema: {},
  retrySchema: {},
};

const rows = (nodes: string[], edges: string[]): string[] =>
  linearRows(
    readDocument({
      nodes: nodes.map((each) => ({ id: each, type: each.replace(/\d/, "") })),
      edges: edges.map((each) => {
        const [source = "", port = "", target = ""] = each.split(/[.>]/);
        return { source, port, target };
      }),
    }),
    catalogue,
  ).map((row) =>
    `${"  ".repeat(row.depth)}${row.kind} ${"port" in row && typeof row.port === "object" ? row.port.id : "id" in row ? row.id : ""}`.trimEnd(),
  );

test("a row of steps is a list", () => {
  expect(rows(["do1", "do2"], ["do1.next>do2"])).toEqual(["node do1", "node do2", "end"]);
});

test("branches stand below one another, and what they share stands once", () => {
  expect(rows(["fork1", "do1", "end1"], ["fork1.yes>do1", "do1.next>end1", "fork1.no>end1"])).toEqual([
    "node fork1",
    "  port yes",
    "  node do1",
    "  node end1",
    "  port no",
    "  jump end1",
  ]);
});

test("a ring ends in a jump, and what nobody comes to is told", () => {
  expect(rows(["do1", "do2", "do3"], ["do1.next>do2", "do2.next>do1"])).toEqual([
    "node do1",
    "node do2",
    "jump do1",
    "loose",
    "node do3",
    "end",
  ]);
});

test("an empty workflow has no rows", () => {
  expect(rows([], [])).toEqual([]);
});
