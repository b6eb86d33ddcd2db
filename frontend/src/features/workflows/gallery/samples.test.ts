import { expect, test } from "vitest";

import { samplesOf } from "./samples";

const SAY = { action: "say", schema: { properties: { text: {}, buttons: {}, media_url: {} } } };
const NOTE = { action: "note", schema: { properties: { text: {} } } };

test("messages are told by what their action takes, not by its name", () => {
  const nodes = [
    { id: "greet", action: "say", config: { text: "أهلًا {{ user.first_name }}" } },
    { id: "note", action: "note", config: { text: "internal" } },
    { id: "again", action: "say", config: {} },
    { id: "gone", action: "unknown", config: { text: "x" } },
  ];
  expect(samplesOf(nodes, [SAY, NOTE]).map(({ node, message }) => [node, message.text])).toEqual([
    ["greet", "أهلًا {{ user.first_name }}"],
  ]);
});
