/** Checks values against schemas without generating code: what is wrong, where, and by which limit. */

import { type OutputUnit, Validator } from "@cfworker/json-schema";
import type { ValidatorType } from "@rjsf/utils";

import { alternativesOf, folded, isRecord, mapValueOf, propertiesOf } from "./schema";
import type { JSONSchema } from "./types";

export interface SchemaProblem {
  readonly path: readonly string[];
  /** The keyword of JSON Schema that is not fulfilled. */
  readonly keyword: string;
  /** The keyword's value, such as the least length. */
  readonly limit: unknown;
}

/** Units that only say that something below them is wrong. */
const OUTER = new Set([
  "properties",
  "patternProperties",
  "items",
  "prefixItems",
  "additionalProperties",
  "allOf",
  "oneOf",
  "anyOf",
  "$ref",
  "not",
]);
/** The other formats are Wasl's own, or are read more widely by the back end than their standard allows. */
const CHECKED_FORMATS = new Set(["email", "uuid"]);

/** Whether the browser's regular expressions know the pattern, which was written for those of the back end. */
function readable(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

/** The folded schema with only those keywords that can be checked here; the back end checks all of them. */
function checkable(schema: JSONSchema): JSONSchema {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    // A length of time is written as its parts, or as text.
    if (key === "type" && schema["x-widget"] === "duration" && value === "object") {
      result[key] = ["object", "string"];
      continue;
    }
    if (key === "format" && !CHECKED_FORMATS.has(String(value))) continue;
    if (key === "pattern" && !readable(String(value))) continue;
    if (key === "properties" || key === "patternProperties")
      result[key] = Object.fromEntries(
        Object.entries(isRecord(value) ? value : {}).map(([name, each]) => [
          name,
          isRecord(each) ? checkable(each) : each,
        ]),
      );
    else if (Array.isArray(value) && (key === "anyOf" || key === "oneOf"))
      result[key] = value.map((each: unknown) => (isRecord(each) ? checkable(each) : each));
    else if (isRecord(value) && (key === "items" || key === "additionalProperties"))
      result[key] = checkable(value);
    else result[key] = value;
  }
  return result;
}

/** The schema with each union of objects replaced by the alternative that the value means, so that only its errors show. */
function narrowed(schema: JSONSchema, value: unknown): JSONSchema {
  const alternatives = alternativesOf(schema);
  const meant = isRecord(value) ? alternatives.find((each) => fitsRoughly(each, value)) : undefined;
  if (meant !== undefined) return narrowed(meant, value);
  if (Array.isArray(value) && isRecord(schema.items)) {
    const { items } = schema;
    return { ...schema, items: undefined, prefixItems: value.map((each) => narrowed(items, each)) };
  }
  if (!isRecord(value)) return schema;
  const properties = Object.entries(propertiesOf(schema));
  if (properties.length === 0) return schema;
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, each]) => [name, narrowed(each, value[name])])),
  };
}

/** Whether the value has the basic shape of an alternative, by its constants or its type. */
function fitsRoughly(schema: JSONSchema, value: unknown): boolean {
  if (isRecord(value))
    return (
      schema.type === "object" &&
      Object.entries(propertiesOf(schema)).every(
        ([name, each]) => each.const === undefined || value[name] === undefined || value[name] === each.const,
      )
    );
  return schema.type !== "object";
}

/** The value as the folded schema wants it: without what is `null` or undefined where that means "not given". */
function given(schema: JSONSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = isRecord(schema.items) ? schema.items : {};
    return value.map((each) => given(items, each));
  }
  if (!isRecord(value)) return value;
  const alternative = alternativesOf(schema).find((each) => fitsRoughly(each, value)) ?? schema;
  const properties = propertiesOf(alternative);
  const others = mapValueOf(alternative);
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, each]) => each !== undefined && (each !== null || properties[name]?.["x-nullable"] !== true),
      )
      .map(([name, each]) => [name, given(properties[name] ?? others, each)]),
  );
}

function steps(location: string): string[] {
  return location
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function at(schema: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, step) => {
    if (Array.isArray(found)) return found[Number(step)] as unknown;
    return isRecord(found) ? found[step] : undefined;
  }, schema);
}

function problemOf(unit: OutputUnit, schema: JSONSchema): SchemaProblem {
  const path = steps(unit.instanceLocation);
  const limit = at(schema, steps(unit.keywordLocation));
  const missing = unit.keyword === "required" ? /property "(.*)"\.$/.exec(unit.error)?.[1] : undefined;
  return { path: missing === undefined ? path : [...path, missing], keyword: unit.keyword, limit };
}

const plains = new WeakMap<JSONSchema, JSONSchema>();

function plainOf(schema: JSONSchema): JSONSchema {
  const plain = plains.get(schema) ?? checkable(folded(schema));
  plains.set(schema, plain);
  return plain;
}

function check(schema: JSONSchema, value: unknown): { errors: OutputUnit[]; against: JSONSchema } {
  const plain = plainOf(schema);
  const meant = given(plain, value);
  const against = narrowed(plain, meant);
  // The library's own type of a schema has keys that are optional to the standard.
  return { errors: new Validator(against, "2020-12", false).validate(meant).errors, against };
}

/** Everything that `schema` has against `value`, in the order of the schema; the deepest causes only. */
export function problemsOf(schema: JSONSchema, value: unknown): SchemaProblem[] {
  const { errors, against } = check(schema, value);
  const found = errors.filter((unit) => !OUTER.has(unit.keyword)).map((unit) => problemOf(unit, against));
  return [...new Map(found.map((each) => [`${each.path.join("/")} ${each.keyword}`, each])).values()];
}

export function isValid(schema: JSONSchema, value: unknown): boolean {
  return check(schema, value).errors.length === 0;
}

/** The form library's validator. The form checks and words errors itself, so it is asked only whether a value fits. */
export const validator: ValidatorType<unknown> = {
  isValid: (schema, value) => isValid(schema, value),
  rawValidation: () => ({ errors: [] }),
  validateFormData: () => ({ errors: [], errorSchema: {} }),
};
