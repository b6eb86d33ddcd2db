import { describe, expect, test } from "vitest";

import { paste, fragmentOf, readFragment, writeFragment } from "../clipboard";
import { nodeOf, readDocument } from "../document";
import { patchNode } from "../edits";
import { historyOf, historyReducer, type History } from "../history";
import { autoLayout, CARD, sizeOf } from "../layout";
import { neighbour } from "../navigation";
import { portsOf } from "../ports";
import { countByPlace, fieldErrors, placeIn, placeProblems } from "../problems";
import { nodeSummary, predicateSummary, type SummaryWords } from "../summary";
import { mirrored } from "../flow";
import { block, catalogue, lines, row } from "./fixtures";

describe("copy and paste", () => {
  const speaking = patchNode(
    row,
    "c",
    { config: { text: "{{ steps.b.done }} و {{ steps.a.done }}" } },
    catalogue,
  );
  const copied = writeFragment(fragmentOf(speaking, new Set(["b", "c"]), new Set(), catalogue));

  test("into another workflow, as text, with new ids and the lines between them", () => {
    const fragment = readFragment(copied);
    if (fragment === null) throw new Error("not read");
    const { document, ids } = paste(row, fragment, catalogue);
    expect(ids).toEqual(["b_2", "c_2"]);
    expect(lines(document)).toEqual(["a.next>b", "b.next>c", "b_2.next>c_2"]);
    // What was copied along is named by its new id; what was not keeps its name.
    expect(nodeOf(document, "c_2")?.config.text).toBe("{{ steps.b_2.done }} و {{ steps.a.done }}");
  });

  test("any other text is left alone", () => {
    for (const text of ["", "hello", "{}", '{"kind":"x","nodes":[{}]}', "[1]"])
      expect(readFragment(text)).toBeNull();
  });
});

describe("undo and redo", () => {
  const change = (history: History<number>, to: number, key = "", at = 0): History<number> =>
    historyReducer(history, { type: "change", to, key, at });

  test("back and forth, and a new change forgets what was undone", () => {
    let history = change(change(historyOf(0), 1), 2);
    history = historyReducer(history, { type: "undo" });
    expect(history.present).toBe(1);
    expect(historyReducer(history, { type: "redo" }).present).toBe(2);
    expect(historyReducer(change(history, 7), { type: "redo" }).present).toBe(7);
  });

  test("typing is undone as one, a pause begins anew", () => {
    let history = historyOf(0);
    for (const [to, at] of [
      [1, 0],
      [2, 400],
      [3, 900],
      [4, 5000],
    ] as const)
      history = change(history, to, "a", at);
    expect(history.past).toEqual([0, 3]);
    expect(change(history, 5, "b", 5100).past).toEqual([0, 3, 4]);
  });

  test("at its ends nothing happens", () => {
    const history = historyOf(0);
    expect(historyReducer(history, { type: "undo" })).toBe(history);
    expect(historyReducer(history, { type: "redo" })).toBe(history);
  });
});

describe("ports", () => {
  test("one for each item, then the fixed ones; some only while something is set", () => {
    const ids = (slug: string, config: object): string[] =>
      portsOf(block(slug), { ...config }).map((port) => port.id);
    expect(ids("fan", { ways: [{ port: "a", label: "الأول" }, {}] })).toEqual(["a", "rest"]);
    expect(ids("ask", {})).toEqual(["yes"]);
    expect(ids("ask", { deadline: "2h" })).toEqual(["yes", "late"]);
    expect(portsOf(block("fan"), { ways: [{ port: "a", label: "الأول" }] })[0]?.label).toBe("الأول");
  });

  test("a step that the catalogue does not know can still go on", () => {
    expect(portsOf(undefined, {}).map((port) => port.id)).toEqual(["next"]);
  });
});

describe("where a problem lies", () => {
  const document = readDocument({ ...row, triggers: [{ id: "t" }, { id: "u" }] });

  test.each([
    ["b/text", { kind: "node", id: "b", field: "text" }],
    ["b", { kind: "node", id: "b", field: "" }],
    ["b/retry/attempts", { kind: "node", id: "b", field: "retry.attempts" }],
    ["/triggers/1/config/cron", { kind: "trigger", id: "u", field: "config.cron" }],
    ["/edges/1", { kind: "node", id: "b", field: "" }],
    ["/policy/exits/goal/event_type", { kind: "policy", id: "", field: "exits.goal.event_type" }],
    ["/triggers", { kind: "workflow", id: "", field: "" }],
    ["/start", { kind: "workflow", id: "", field: "" }],
    ["gone/text", { kind: "workflow", id: "", field: "" }],
  ])("%s", (pointer, place) => {
    expect(placeIn(document, pointer)).toEqual(place);
  });

  test("by field for forms, and counted for cards", () => {
    const placed = placeProblems(document, [
      { place: "b/text", message: "empty" },
      { place: "b/text", message: "short" },
      { place: "c", message: "lost" },
    ]);
    expect(fieldErrors(placed.filter((each) => each.id === "b"))).toEqual({ text: ["empty", "short"] });
    expect([...countByPlace(placed, "node")]).toEqual([
      ["b", 2],
      ["c", 1],
    ]);
  });
});

describe("layout", () => {
  test("from top to bottom, triggers first, no card on another", () => {
    const places = autoLayout(row, catalogue);
    const tops = ["trigger:t", "a", "b", "c"].map((key) => places.get(key)?.y ?? 0);
    expect(tops).toEqual([...tops].sort((x, y) => x - y));
    expect(Math.min(...tops.slice(1).map((top, index) => top - (tops[index] ?? 0)))).toBeGreaterThan(
      CARD.height,
    );
  });

  test("three hundred steps in well under a second", () => {
    const nodes = Array.from({ length: 300 }, (_, n) => ({ id: `n${n}`, type: "act", action: "feed" }));
    const edges = nodes
      .slice(1)
      .map((node, n) => ({ source: `n${Math.floor(n / 2)}`, target: node.id, port: `p${n % 2}` }));
    const started = performance.now();
    expect(autoLayout(readDocument({ nodes, edges }), catalogue).size).toBe(300);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("many ways out make a card wide, and mirroring keeps its middle opposite", () => {
    const ways = Array.from({ length: 6 }, (_, n) => ({ port: `w${n}` }));
    const document = readDocument({ nodes: [{ id: "f", type: "fan", config: { ways } }] });
    const [node] = document.nodes;
    if (node === undefined) throw new Error();
    expect(sizeOf(document, node, catalogue).width).toBeGreaterThan(CARD.width);
    expect(mirrored({ x: 10, y: 5 }, 100, true)).toEqual({ x: -110, y: 5 });
  });
});

test("arrow keys follow the lines, then the nearest card", () => {
  const card = (id: string, x: number, y: number) => ({ id, x, y, width: 10, height: 10 });
  const cards = [card("top", 0, 0), card("left", -50, 100), card("right", 50, 100), card("end", 0, 200)];
  const edges = [
    { id: "1", source: "top", target: "right" },
    { id: "2", source: "left", target: "end" },
  ];
  expect(neighbour(cards, edges, "top", "down")).toBe("right");
  expect(neighbour(cards, edges, "right", "left")).toBe("left");
  expect(neighbour(cards, edges, "left", "down")).toBe("end");
  expect(neighbour(cards, edges, "top", "up")).toBeNull();
  expect(neighbour(cards, edges, "", "down")).toBe("top");
});

describe("summaries", () => {
  const words: SummaryWords = {
    number: String,
    duration: (ms) => `${ms / 60_000} min`,
    list: (each) => each.join(", "),
    event: (code) => code.toLowerCase(),
    more: (count) => `+${count}`,
    field: (_, label) => label,
    phrase: ({ field, label, value }) => [field, label, value].join(" "),
  };

  test("say first what is required, of any action", () => {
    const [node] = readDocument({
      nodes: [{ id: "x", type: "act", action: "feed", config: { size: 3, text: "  سلام\n دوست " } }],
    }).nodes;
    if (node === undefined) throw new Error();
    expect(nodeSummary(node, block("feed"), catalogue, words)).toBe("سلام دوست · 3");
    expect(nodeSummary({ ...node, config: { hours: 1, minutes: 30 } }, block("feed"), catalogue, words)).toBe(
      "90 min",
    );
    expect(nodeSummary({ ...node, config: {} }, block("feed"), catalogue, words)).toBe("");
  });

  test("of a predicate, its first line and how many more", () => {
    const predicate = {
      all: [
        { field: "event.data.content", op: "icontains", value: "کد تخفیف" },
        { any: [{ field: "user.tags", op: "contains", value: "vip" }] },
      ],
    };
    expect(predicateSummary(predicate, catalogue, words)).toBe("content icontains کد تخفیف +1");
  });
});
