/** Variables, their completion and the places of problems. */

import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState, Text } from "@codemirror/state";
import { expect, test } from "vitest";

import { insideLiquid, liquidClosing, variableCompletion } from "./completion";
import { diagnosticsOf } from "./problems";
import { flatten, liquidPath, pythonPath, sampleText, variableOf } from "./variables";

const USER = variableOf(
  "user",
  "Contact",
  {
    type: "object",
    properties: {
      first_name: { type: "string", title: "First name" },
      birthday: { anyOf: [{ type: "string", format: "date" }, { type: "null" }], title: "Birthday" },
    },
  },
  { first_name: "أمينة", custom: { "shoe size": 38 } },
);

test("variables come from the schema and from what really was there", () => {
  expect(flatten([USER])).toEqual([
    { path: "user.first_name", title: "First name", type: "text", sample: "أمينة", trail: ["Contact"] },
    { path: "user.birthday", title: "Birthday", type: "datetime", trail: ["Contact"] },
    {
      path: "user.custom.shoe size",
      title: "shoe size",
      type: "number",
      sample: 38,
      trail: ["Contact", "custom"],
    },
  ]);
});

test("paths as each language writes them", () => {
  expect(liquidPath("user.custom.shoe size")).toBe('user.custom["shoe size"]');
  expect(liquidPath("event.data.items.0.id")).toBe("event.data.items[0].id");
  expect(pythonPath("event.data.items.0")).toBe("event['data']['items'][0]");
});

test("samples are one short line", () => {
  expect(sampleText("سلام\nخوبی؟")).toBe("سلام خوبی؟");
  expect(sampleText({ a: "x".repeat(100) }).length).toBe(60);
  expect(sampleText(null)).toBe("");
});

test("inside and outside of Liquid", () => {
  expect(insideLiquid("سلام {{ user.")).toBe(true);
  expect(insideLiquid("{{ a }} b")).toBe(false);
  expect(insideLiquid("{% if ")).toBe(true);
  expect(liquidClosing("{{ ", "")).toBe(" }}");
  expect(liquidClosing("{% if ", " text")).toBe(" %}");
  expect(liquidClosing("{{ ", " | upcase }}")).toBe("");
});

test("completion offers variables with their samples, in Liquid only inside of it", async () => {
  const source = variableCompletion("liquid", () => [USER]);
  const asked = async (doc: string) =>
    source(new CompletionContext(EditorState.create({ doc }), doc.length, false));
  expect(await asked("سلام us")).toBeNull();
  const found = await asked("سلام {{ us");
  expect(found?.from).toBe(8);
  expect(found?.options[0]).toMatchObject({ label: "user.first_name", detail: "أمينة", info: "First name" });
});

test("problems mark their word, or their line", () => {
  const doc = Text.of(["ok", "a {{ b }", ""]);
  expect(diagnosticsOf(doc, [{ line: 2, column: 3, message: "open" }])).toMatchObject([{ from: 5, to: 7 }]);
  expect(diagnosticsOf(doc, [{ line: 99, column: 1, message: "end" }])).toMatchObject([{ from: 12, to: 12 }]);
});
