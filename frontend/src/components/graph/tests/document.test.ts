import { expect, test } from "vitest";

import { readDocument, writeDocument } from "../document";
import { lines, row } from "./fixtures";

test("the short form becomes steps in a row, as the server reads it", () => {
  const document = readDocument({
    triggers: [{ event_type: "ORDER" }, { id: "trigger_1", event_type: "ORDER" }],
    actions: [{ id: "hello", action: "feed", config: { text: "سلام" } }, { action: "feed" }],
  });
  expect(document.nodes.map((node) => node.id)).toEqual(["hello", "step_2"]);
  expect(lines(document)).toEqual(["hello.next>step_2"]);
  expect(document.start).toBe("hello");
  expect(document.triggers.map((trigger) => trigger.id)).toEqual(["trigger_2", "trigger_1"]);
});

test("what is written is read again unchanged, and holds nothing empty", () => {
  expect(readDocument(writeDocument(row))).toEqual(row);
  expect(writeDocument(row).nodes).toEqual(
    ["a", "b", "c"].map((id) => ({ id, type: "act", action: "feed", config: { text: id } })),
  );
});

test("whatever is stored is shown: nothing is refused", () => {
  for (const raw of [null, [], "x", { nodes: "many", edges: [1], triggers: {} }, { nodes: [{}] }])
    expect(() => readDocument(raw)).not.toThrow();
});
