import { expect, test } from "vitest";

import { sampleData } from "./sample";

test("examples before defaults before choices before empty values", () => {
  const schema = {
    type: "object",
    properties: {
      content: { type: "string", examples: ["سلام"] },
      total: { type: "number", default: 5000 },
      channel: { enum: ["whatsapp", "telegram"] },
      note: { anyOf: [{ type: "null" }, { type: "string" }] },
      items: { type: "array" },
      buyer: { $ref: "#/$defs/Buyer" },
    },
    $defs: { Buyer: { type: "object", properties: { name: { type: "string", example: "أمينة" } } } },
  };
  expect(sampleData(schema)).toEqual({
    content: "سلام",
    total: 5000,
    channel: "whatsapp",
    note: "",
    items: [],
    buyer: { name: "أمينة" },
  });
});

test("a schema that holds itself comes to an end, and none gives nothing", () => {
  const node: Record<string, unknown> = { type: "object", properties: { child: { $ref: "#/$defs/Node" } } };
  expect(JSON.stringify(sampleData({ ...node, $defs: { Node: node } })).length).toBeLessThan(200);
  expect(sampleData(null)).toEqual({});
});
