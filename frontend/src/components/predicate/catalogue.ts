/** What predicates can be made of: fields with their types, operators with the shapes of their values. */

import { flatten, variableOf } from "@/components/code/variables";
import type { Schema } from "@/lib/api";

import type { Comparison, ComparisonValue, Predicate, Scalar } from "./types";

type FieldType = "text" | "number" | "boolean" | "datetime" | "list" | "object" | "any";

export interface Field {
  readonly path: string;
  readonly label: string;
  readonly type: FieldType;
  readonly operators: readonly string[];
  readonly choices: readonly Scalar[];
  readonly example: unknown;
}

export interface Operator {
  readonly slug: string;
  readonly label: string;
  /** The name of the value's shape, such as `range`. */
  readonly shape: string;
  readonly types: readonly string[];
}

export interface Catalogue {
  readonly fields: readonly Field[];
  readonly operators: readonly Operator[];
}

const FIELD_TYPES: readonly FieldType[] = ["text", "number", "boolean", "datetime", "list", "object", "any"];
const WILDCARD = ".*";

function typeOf(name: string): FieldType {
  return FIELD_TYPES.find((type) => type === name) ?? "any";
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function operatorsFor(operators: readonly Operator[], type: FieldType): string[] {
  return operators.filter(({ types }) => types.includes(type)).map(({ slug }) => slug);
}

/** Fields that only this tenant has. */
export interface OwnField {
  readonly slug: string;
  readonly label: string;
  readonly type: string;
  readonly choices: readonly unknown[];
}

const OWN_TYPES: Readonly<Record<string, FieldType>> = { date: "datetime", choice: "text" };

/** The API's catalogue with the event type's data and the tenant's own fields in place of what stands for them. */
export function catalogueOf(
  served: Schema<"Catalogue">,
  { eventType, own = [] }: { eventType?: string | undefined; own?: readonly OwnField[] } = {},
): Catalogue {
  const operators = served.operators.map(({ slug, label, value, types }) => ({
    slug,
    label,
    shape: String(value.shape),
    types,
  }));
  const declared = served.fields.map((field): Field => ({
    path: field.path,
    label: field.label,
    type: typeOf(field.type),
    operators: field.operators,
    choices: field.choices.filter(isScalar),
    example: field.example,
  }));
  const event = served.event_types.find(({ code }) => code === eventType);
  const data = event === undefined ? [] : flatten([variableOf("event.data", event.label, event.schema)]);
  const ofEvent = data
    .filter(({ path }) => path !== "event.data")
    .map(({ path, title, type, sample }): Field => ({
      path,
      label: title,
      type: typeOf(type),
      operators: operatorsFor(operators, typeOf(type)),
      choices: [],
      example: sample,
    }));
  const ofTenant = own.map(({ slug, label, type, choices }): Field => {
    const held = OWN_TYPES[type] ?? typeOf(type);
    return {
      path: `user.custom.${slug}`,
      label,
      type: held,
      operators: operatorsFor(operators, held),
      choices: choices.filter(isScalar),
      example: undefined,
    };
  });
  return { operators, fields: [...declared, ...ofEvent, ...ofTenant] };
}

/** What is known of a path: itself, or the wildcard above it. */
export function fieldAt({ fields, operators }: Catalogue, path: string): Field {
  const known = fields.find((field) => field.path === path);
  if (known !== undefined) return known;
  const steps = path.split(".");
  for (let end = steps.length - 1; end > 0; end -= 1) {
    const above = fields.find((field) => field.path === steps.slice(0, end).join(".") + WILDCARD);
    if (above !== undefined) return { ...above, path, label: path };
  }
  return {
    path,
    label: path,
    type: "any",
    operators: operatorsFor(operators, "any"),
    choices: [],
    example: undefined,
  };
}

/** The fields that can be picked: below these roots, of these types, and no wildcards. */
export function pickable(
  { fields }: Catalogue,
  { roots, types }: { roots?: readonly string[] | undefined; types?: readonly string[] | undefined } = {},
): Field[] {
  return fields.filter(
    ({ path, type }) =>
      !path.endsWith(WILDCARD) &&
      (roots === undefined || roots.includes(path.split(".", 1)[0] ?? "")) &&
      (types === undefined || types.includes(type)),
  );
}

export function shapeOf({ operators }: Catalogue, op: string): string {
  return operators.find(({ slug }) => slug === op)?.shape ?? "scalar";
}

/** What a new line of each type asks first. */
const FIRST: Readonly<Record<FieldType, string>> = {
  text: "equals",
  number: "greater",
  boolean: "equals",
  datetime: "within_last",
  list: "contains",
  object: "performed",
  any: "equals",
};

const BLANKS: Readonly<Record<string, (field: Field) => ComparisonValue | undefined>> = {
  nothing: () => undefined,
  list: ({ choices }) => choices.slice(0, 1),
  range: ({ type }) => (type === "datetime" ? ["", ""] : [0, 0]),
  bound: ({ type }) => (type === "datetime" || type === "text" ? "" : 0),
  duration: () => "7d",
  occurrences: () => ({ event_type: "", within: "30d", at_least: 1 }),
};

const SCALAR_BLANKS: Readonly<Partial<Record<FieldType, Scalar>>> = { number: 0, boolean: true };

/** The value with which a line of this operator begins. */
function blankValue(shape: string, field: Field): ComparisonValue | undefined {
  const make = BLANKS[shape];
  if (make !== undefined) return make(field);
  return field.choices[0] ?? SCALAR_BLANKS[field.type] ?? "";
}

function line(field: string, op: string, value: ComparisonValue | undefined): Comparison {
  return value === undefined ? { field, op } : { field, op, value };
}

/** Shapes that take one another's values. */
const ALIKE: Readonly<Record<string, string>> = {
  fragment: "text",
  search: "text",
  pattern: "text",
  scalar_or_null: "scalar",
};
const family = (shape: string): string => ALIKE[shape] ?? shape;

/** A scalar goes over to texts and back when it is text. */
function survives(value: ComparisonValue | undefined, from: string, to: string, field: Field): boolean {
  if (value === undefined || value === null) return false;
  if (family(from) === family(to)) return true;
  const both = new Set([family(from), family(to)]);
  return both.has("text") && both.has("scalar") && typeof value === "string" && field.type !== "boolean";
}

/** The line asked of another field: operator and value stay where they fit. */
export function withField(catalogue: Catalogue, now: Comparison, path: string): Comparison {
  const before = fieldAt(catalogue, now.field);
  const field = fieldAt(catalogue, path);
  const keeps =
    field.operators.includes(now.op) &&
    field.type === before.type &&
    field.choices.length === 0 &&
    before.choices.length === 0;
  if (keeps) return { ...now, field: path };
  const op = field.operators.includes(FIRST[field.type])
    ? FIRST[field.type]
    : (field.operators[0] ?? "is_not_null");
  return line(path, op, blankValue(shapeOf(catalogue, op), field));
}

/** The line with another operator: its value stays where that takes it. */
export function withOperator(catalogue: Catalogue, now: Comparison, op: string): Comparison {
  if (op === now.op) return now;
  const field = fieldAt(catalogue, now.field);
  const from = shapeOf(catalogue, now.op);
  const to = shapeOf(catalogue, op);
  if (survives(now.value, from, to, field))
    return { field: now.field, op, ...(now.value === undefined ? {} : { value: now.value }) };
  if (to === "list" && isScalar(now.value) && now.value !== "") return line(now.field, op, [now.value]);
  if (from === "list" && Array.isArray(now.value) && family(to) === "scalar" && isScalar(now.value[0]))
    return line(now.field, op, now.value[0]);
  return line(now.field, op, blankValue(to, field));
}

/** A line that is valid from the start: the first field is set. */
export function newLine(catalogue: Catalogue, roots: readonly string[] | undefined): Comparison {
  const [first] = pickable(catalogue, { roots });
  return { field: first?.path ?? "event.type", op: "is_not_null" };
}

export function isComparison(node: Predicate): node is Comparison {
  return "field" in node;
}
