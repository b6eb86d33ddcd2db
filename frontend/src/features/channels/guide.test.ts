/** Guides are read as they are written. */

import { expect, test } from "vitest";

import { blocksOf, spansOf } from "./guide";

test("headings, lists and paragraphs", () => {
  const blocks = blocksOf("## ربط بوت\n\n1. افتح **@BotFather**\n2. أرسل `/newbot`\n\nثم:\n\n- واحد\n");
  expect(blocks.map((block) => block.kind)).toEqual(["heading", "list", "text", "list"]);
  expect(blocks[1]).toMatchObject({
    ordered: true,
    items: [[{}, { kind: "strong", text: "@BotFather" }], {}],
  });
  expect(blocks[3]).toMatchObject({ ordered: false, items: [[{ kind: "text", text: "واحد" }]] });
});

test("what looks like markup is text", () => {
  expect(spansOf("<img src=x onerror=alert(1)> 2 * 3")).toEqual([
    { kind: "text", text: "<img src=x onerror=alert(1)> 2 * 3" },
  ]);
});

test("spans in a row", () => {
  expect(spansOf("a `b` *c* **d**").map((span) => span.kind)).toEqual([
    "text",
    "code",
    "text",
    "em",
    "text",
    "strong",
  ]);
});
