import { expect, test } from "vitest";

import { readDocument } from "@/components/graph";

import { compare } from "./comparing";

const step = (id: string, text: string, x = 0) => ({ id, action: "say", config: { text }, ui: { x, y: 0 } });
const told = (mine: object, theirs: object): string[] =>
  compare(readDocument(mine), readDocument(theirs)).map(
    (each) => `${each.difference} ${each.what} ${each.key}`,
  );

const theirs = {
  triggers: [{ id: "t", event_type: "ORDER" }],
  nodes: [step("a", "سلام"), step("b", "خداحافظ")],
  edges: [{ source: "a", target: "b" }],
};

test("steps and triggers that came, went and changed, and lines", () => {
  const mine = { ...theirs, triggers: [], nodes: [step("a", "مرحبا"), step("c", "")], edges: [] };
  expect(told(mine, theirs)).toEqual([
    "removed trigger trigger:t",
    "changed node a",
    "added node c",
    "removed node b",
    "changed edges ",
  ]);
});

test("a card that was only moved is no difference", () => {
  expect(told({ ...theirs, nodes: [step("a", "سلام", 50), step("b", "خداحافظ", 90)] }, theirs)).toEqual([]);
});

test("policy and comments", () => {
  const mine = {
    ...theirs,
    policy: { reentry: { rule: "once" } },
    ui: { notes: [{ id: "n", text: "توجه" }] },
  };
  expect(told(mine, theirs)).toEqual(["changed policy ", "changed notes "]);
});
