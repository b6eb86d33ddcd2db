/** Which input a schema asks for: by its hint, its format, its choices, and else its type. */

import { isRelation } from "@/components/relation";

import { alternativesOf, isRecord, propertiesOf, schemasIn, textOf } from "./schema";
import type { JSONSchema } from "./types";

/** Inputs that draw a whole value themselves. */
const INPUT_NAMES = [
  "any",
  "checkboxes",
  "code",
  "color",
  "cron",
  "date",
  "date-time",
  "duration",
  "field",
  "file",
  "json",
  "liquid",
  "list",
  "money",
  "multiline",
  "number",
  "phone",
  "predicate",
  "relation",
  "relations",
  "secret",
  "select",
  "switch",
  "text",
  "time",
  "timezone",
] as const;

export type InputName = (typeof INPUT_NAMES)[number];

/** Shapes that are drawn by their parts. */
export type Shape = "object" | "array" | "map" | "union";

const NAMES: ReadonlySet<string> = new Set(INPUT_NAMES);
const isInput = (name: string): name is InputName => NAMES.has(name);

/** The input of a place that is drawn by one; free JSON for shapes, which are drawn by their parts. */
export function inputName(draw: InputName | Shape): InputName {
  return isInput(draw) ? draw : "json";
}

/** JSON Schema's own formats and those of templates' parameters, where they are not called as the input is. */
const BY_FORMAT: Readonly<Record<string, InputName>> = {
  password: "secret",
  "template-text": "liquid",
  colour: "color",
  binary: "file",
};

/** Texts that may be longer than this get more than one line. */
const LONG_TEXT = 300;

export interface Choice {
  readonly value: unknown;
  readonly label: string;
  readonly description?: string;
}

const ACRONYMS = new Set(["json", "html", "url", "api", "sms", "id", "hex"]);

/** `round_robin` as "Round robin"; what is no lower-case slug stays as it is. */
export function humanised(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(text)) return text;
  if (ACRONYMS.has(text)) return text.toUpperCase();
  const words = text.replaceAll(/[_-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What may be chosen: `x-choices`, `enum` with `x-enum-labels`, or a union of constants. Empty when anything may be written. */
export function choicesOf(schema: JSONSchema): readonly Choice[] {
  const listed = schemasIn(schema["x-choices"]);
  if (listed.length > 0)
    return listed.map(({ value, label }) => ({ value, label: textOf(label) || humanised(value) }));
  const labels = isRecord(schema["x-enum-labels"]) ? schema["x-enum-labels"] : {};
  if (Array.isArray(schema.enum))
    return (schema.enum as unknown[])
      .filter((value) => value !== null)
      .map((value) => ({ value, label: textOf(labels[humanised(value)]) || humanised(value) }));
  const constants = alternativesOf(schema);
  if (constants.length === 0 || constants.some((each) => each.const === undefined)) return [];
  return constants.map((each) => ({
    value: each.const,
    label: textOf(each.title) || humanised(each.const),
    ...(typeof each.description === "string" ? { description: each.description } : {}),
  }));
}

const SCALARS: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean"]);

function byItems(schema: JSONSchema): InputName | Shape {
  const items = isRecord(schema.items) ? schema.items : {};
  if (choicesOf(items).length > 0) return "checkboxes";
  if (relationOf(items) !== null) return "relations";
  const plain = items.type === "string" && items["x-widget"] === undefined && items.format === undefined;
  return plain ? "list" : "array";
}

function byKeys(schema: JSONSchema): InputName | Shape {
  if (Object.keys(propertiesOf(schema)).length > 0) return "object";
  return schema.additionalProperties === false && schema.patternProperties === undefined ? "object" : "map";
}

const BY_TYPE: Readonly<Record<string, (schema: JSONSchema) => InputName | Shape>> = {
  string: ({ maxLength }) =>
    typeof maxLength === "number" && maxLength > LONG_TEXT * 3 ? "multiline" : "text",
  number: () => "number",
  integer: () => "number",
  boolean: () => "switch",
  array: byItems,
  object: byKeys,
};

/** What a relation refers to: `x-relation`, or a format that names a kind of thing. */
export function relationOf(schema: JSONSchema): string | null {
  const named = schema["x-relation"] ?? schema.format;
  return isRelation(named) ? named : null;
}

/** The input or shape of a folded schema. */
export function inputOf(schema: JSONSchema): InputName | Shape {
  const hint = textOf(schema["x-widget"]);
  if (isInput(hint)) return hint;
  if (schema["x-choices"] !== undefined) return "select";
  if (relationOf(schema) !== null) return schema.type === "array" ? "relations" : "relation";
  const format = textOf(schema.format);
  const byFormat = BY_FORMAT[format] ?? format;
  if (isInput(byFormat)) return byFormat;
  if (choicesOf(schema).length > 0) return "select";
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 1 && schema.type === undefined)
    return alternatives.every(({ type, properties }) => SCALARS.has(type) && properties === undefined)
      ? "any"
      : "union";
  return BY_TYPE[textOf(schema.type)]?.(schema) ?? "any";
}
