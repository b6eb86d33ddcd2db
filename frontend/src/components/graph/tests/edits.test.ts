import { describe, expect, test } from "vitest";

import { nodeOf, placeOf, readDocument, type GraphDocument } from "../document";
import { addNode, connect, disconnect, freeId, insertAt, patchNode, removeNodes } from "../edits";
import { placesOf } from "../layout";
import { addNote, addTrigger, movePlaces, patchNote, removeNotes, removeTriggers } from "../parts";
import { block, catalogue, lines, row } from "./fixtures";

/** What holds after every change: ids are unique, edges join nodes that are there, one edge a port. */
function expectWhole(document: GraphDocument): void {
  const ids = document.nodes.map((node) => node.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const edge of document.edges) expect(ids).toEqual(expect.arrayContaining([edge.source, edge.target]));
  const ports = document.edges.map((edge) => `${edge.source}.${edge.port}`);
  expect(new Set(ports).size).toBe(ports.length);
  if (document.start !== "") expect(ids).toContain(document.start);
}

describe("inserting", () => {
  test("between two steps, what came after comes after the new one", () => {
    const { document, id } = insertAt(row, block("feed"), { source: "a", port: "next" }, catalogue);
    expectWhole(document);
    expect(lines(document)).toEqual([`a.next>${id}`, "b.next>c", `${id}.next>b`]);
  });

  test("before everything, the workflow begins with it", () => {
    const { document, id } = insertAt(row, block("fork"), null, catalogue);
    expectWhole(document);
    expect(document.start).toBe(id);
    expect(lines(document)).toContain(`${id}.yes>a`);
  });

  test("into an empty workflow", () => {
    const { document, id } = insertAt(readDocument({}), block("feed"), null, catalogue);
    expectWhole(document);
    expect([document.start, document.nodes.length]).toEqual([id, 1]);
  });

  test("a step without a way out ends the way there", () => {
    const { document, id } = insertAt(row, block("end"), { source: "a", port: "next" }, catalogue);
    expectWhole(document);
    expect(lines(document)).toEqual([`a.next>${id}`, "b.next>c"]);
  });

  test("what comes after moves down, and nothing lies on anything else", () => {
    const { document } = insertAt(row, block("feed"), { source: "a", port: "next" }, catalogue);
    const tops = document.nodes.map((node) => placeOf(node.ui)?.y);
    expect(new Set(tops).size).toBe(4);
    const [before, after] = [row, document].map((each) => placesOf(each, catalogue));
    expect(after?.get("a")).toEqual(before?.get("a"));
    expect(after?.get("c")?.y).toBeGreaterThan(before?.get("c")?.y ?? 0);
  });

  test("a step whose ports come from its config has them at once", () => {
    const { document, id } = addNode(row, block("fan"), { x: 5, y: 6 }, catalogue);
    expect(nodeOf(document, id)?.config).toEqual({ ways: [{ port: "one" }, { port: "two" }] });
    expect(placeOf(nodeOf(document, id)?.ui)).toEqual({ x: 5, y: 6 });
  });
});

describe("removing", () => {
  test("what led to a step leads to what came after it", () => {
    const document = removeNodes(row, new Set(["b"]), catalogue);
    expectWhole(document);
    expect(lines(document)).toEqual(["a.next>c"]);
  });

  test("several in a row, and the first", () => {
    const document = removeNodes(row, new Set(["a", "b"]), catalogue);
    expectWhole(document);
    expect([document.start, lines(document)]).toEqual(["c", []]);
  });

  test("everything", () => {
    const document = removeNodes(row, new Set(["a", "b", "c"]), catalogue);
    expect([document.start, document.nodes, document.edges]).toEqual(["", [], []]);
  });

  test("a ring of steps is no endless one", () => {
    const ring = connect(row, { source: "c", port: "next", target: "a" });
    expectWhole(removeNodes(ring, new Set(["a", "b", "c"]), catalogue));
    expect(lines(removeNodes(ring, new Set(["b"]), catalogue))).toEqual(["a.next>c", "c.next>a"]);
  });
});

describe("connecting", () => {
  test("a port leads to one step only", () => {
    const document = connect(row, { source: "a", port: "next", target: "c" });
    expectWhole(document);
    expect(lines(document)).toEqual(["a.next>c", "b.next>c"]);
  });

  test("nothing leads to itself, or to what is not there", () => {
    expect(connect(row, { source: "a", port: "error", target: "a" })).toBe(row);
    expect(connect(row, { source: "a", port: "error", target: "nowhere" })).toBe(row);
  });

  test("a cut line is gone, and another cut changes nothing", () => {
    const document = disconnect(row, "a", "next");
    expect(lines(document)).toEqual(["b.next>c"]);
    expect(disconnect(document, "a", "next")).toBe(document);
  });
});

describe("ports that follow the config", () => {
  const fan = addNode(row, block("fan"), { x: 0, y: 0 }, catalogue);
  const joined = connect(fan.document, { source: fan.id, port: "one", target: "b" });

  test("a renamed one keeps its line", () => {
    const config = { ways: [{ port: "uno" }, { port: "two" }] };
    expect(lines(patchNode(joined, fan.id, { config }, catalogue))).toContain("fan.uno>b");
  });

  test("the line of one that is gone goes too", () => {
    const config = { ways: [{ port: "two" }] };
    const document = patchNode(joined, fan.id, { config }, catalogue);
    expectWhole(document);
    expect(lines(document)).toEqual(["a.next>b", "b.next>c"]);
  });

  test("swapping two keeps each line with its port", () => {
    const config = { ways: [{ port: "two" }, { port: "one" }] };
    expect(lines(patchNode(joined, fan.id, { config }, catalogue))).toContain("fan.one>b");
  });
});

test("new ids are such as the server takes", () => {
  expect(freeId(new Set(), "Größe & Ähnliches")).toMatch(/^[a-z][a-z0-9_-]{0,58}$/);
  expect(freeId(new Set(["feed", "feed_2"]), "feed")).toBe("feed_3");
  expect(freeId(new Set(), "کد")).toBe("step");
  expect(freeId(new Set(), "x".repeat(90)).length).toBeLessThan(60);
});

test("triggers come and go by themselves", () => {
  const { document, id } = addTrigger(row, { slug: "bell" });
  expect(document.triggers.map((each) => each.id)).toEqual(["t", "bell"]);
  expect(removeTriggers(document, new Set([id])).triggers).toEqual(row.triggers);
});

test("comments are display data: the steps do not change", () => {
  const { document, id } = addNote(row, { x: 1, y: 2 }, "انتبه");
  const moved = movePlaces(
    patchNote(document, id, { text: "حسنًا" }),
    new Map([["note:note", { x: 9, y: 9 }]]),
    catalogue,
  );
  expect(moved.ui.notes).toEqual([{ id: "note", text: "حسنًا", x: 9, y: 9, width: 220, height: 120 }]);
  expect(moved.edges).toBe(row.edges);
  expect(removeNotes(moved, new Set([id])).ui.notes).toEqual([]);
});

test("moving one card leaves all others where they are", () => {
  const before = placesOf(row, catalogue);
  const document = movePlaces(row, new Map([["b", { x: 500, y: 7 }]]), catalogue);
  const after = placesOf(document, catalogue);
  expect(after.get("b")).toEqual({ x: 500, y: 7 });
  for (const key of ["a", "c", "trigger:t"]) expect(after.get(key)).toEqual(before.get(key));
});
