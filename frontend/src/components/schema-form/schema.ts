/** Reads JSON Schema as Pydantic writes it: references resolved, `null` branches folded, one shape for all the rest. */

import type { JSONSchema } from "./types";

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The schemas in a keyword that holds a list of them, or none. */
export function schemasIn(value: unknown): readonly JSONSchema[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function without(schema: JSONSchema, keyword: string): JSONSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));
}

const isNull = (schema: JSONSchema): boolean => schema.type === "null" || schema.const === null;

/** What stands beside a reference or a union says more about this place than what it refers to. */
function over(base: JSONSchema, beside: JSONSchema): JSONSchema {
  return { ...base, ...beside };
}

/** A definition's title is the name of a class: it names an alternative of a union, but no field. */
function asUsed({ title, ...definition }: JSONSchema): JSONSchema {
  return title === undefined ? definition : { "x-class": title, ...definition };
}

function pointed(root: JSONSchema, pointer: string): JSONSchema {
  let at: unknown = root;
  for (const step of pointer.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isRecord(at) ? at[name] : undefined;
  }
  return isRecord(at) ? at : {};
}

/** One step of folding; `null` when there is nothing left to fold. `seen` are the references above this place. */
function foldOnce(schema: JSONSchema, root: JSONSchema, seen: Set<string>): JSONSchema | null {
  const { $ref, allOf, ...rest } = schema;
  if (typeof $ref === "string") {
    if (seen.has($ref)) return { ...rest, "x-widget": "json" };
    seen.add($ref);
    return over(asUsed(pointed(root, $ref)), { ...rest, ...(allOf === undefined ? {} : { allOf }) });
  }
  const parts = schemasIn(allOf);
  if (parts.length > 0) {
    const whole = parts.reduce<JSONSchema>(
      (sum, part) => over(sum, part.$ref === undefined ? part : resolved(part, root, seen)),
      {},
    );
    return over(whole, rest);
  }
  for (const keyword of ["anyOf", "oneOf"] as const) {
    const options = schemasIn(schema[keyword]);
    const present = options.filter((option) => !isNull(option));
    if (options.length === 0 || (present.length === options.length && present.length > 1)) continue;
    const beside = without(schema, keyword);
    const nullable = present.length < options.length ? { "x-nullable": true } : {};
    const [only] = present;
    if (present.length === 1 && only !== undefined) return over(only, { ...beside, ...nullable });
    return { ...beside, ...nullable, [keyword]: present };
  }
  if (Array.isArray(schema.type) && schema.type.includes("null")) {
    const types = schema.type.filter((type) => type !== "null");
    return { ...schema, type: types.length === 1 ? types[0] : types, "x-nullable": true };
  }
  return null;
}

/** The schema with its references, lone `allOf` and `null` branches folded into one; what may be null is marked. */
function resolved(schema: JSONSchema, root: JSONSchema, seen: Set<string>): JSONSchema {
  let current = schema;
  for (;;) {
    const next = foldOnce(current, root, seen);
    if (next === null) return current;
    current = next;
  }
}

const SINGLE = ["items", "additionalProperties", "not"] as const;
const LISTS = ["anyOf", "oneOf"] as const;
const MAPS = ["properties", "patternProperties"] as const;

/** The whole schema, folded at every place; a reference to itself becomes free JSON. */
export function folded(
  schema: JSONSchema,
  root: JSONSchema = schema,
  above: ReadonlySet<string> = new Set(),
): JSONSchema {
  const seen = new Set(above);
  const own = without(resolved(schema, root, seen), "$defs");
  const result: Record<string, unknown> = { ...own };
  for (const key of SINGLE) if (isRecord(own[key])) result[key] = folded(own[key], root, seen);
  for (const key of LISTS)
    if (Array.isArray(own[key])) result[key] = schemasIn(own[key]).map((each) => folded(each, root, seen));
  for (const key of MAPS) {
    const members = own[key];
    if (isRecord(members))
      result[key] = Object.fromEntries(
        Object.entries(members).map(([name, each]) => [
          name,
          isRecord(each) ? folded(each, root, seen) : each,
        ]),
      );
  }
  return result;
}

/** The schemas of an object's properties, by name. */
export function propertiesOf(schema: JSONSchema): Readonly<Record<string, JSONSchema>> {
  const { properties } = schema;
  if (!isRecord(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JSONSchema] => isRecord(entry[1])),
  );
}

export function requiredOf(schema: JSONSchema): readonly string[] {
  return Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === "string") : [];
}

/** The alternatives of a union that the person chooses from; none for everything else. */
export function alternativesOf(schema: JSONSchema): readonly JSONSchema[] {
  return schemasIn(schema.oneOf ?? schema.anyOf);
}

/** What a map's values are: the schema of `additionalProperties`, or of the one pattern. */
export function mapValueOf(schema: JSONSchema): JSONSchema {
  if (isRecord(schema.additionalProperties)) return schema.additionalProperties;
  if (isRecord(schema.patternProperties)) {
    const [first] = Object.values(schema.patternProperties);
    if (isRecord(first)) return first;
  }
  return {};
}

/** A new value that has nothing but what the schema dictates: for rows and objects that were just added. */
export function blankOf(schema: JSONSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  const alternatives = alternativesOf(schema);
  if (schema.type === undefined && alternatives[0] !== undefined) return blankOf(alternatives[0]);
  const makers: Readonly<Record<string, () => unknown>> = {
    object: () =>
      Object.fromEntries(
        Object.entries(propertiesOf(schema))
          .filter(([, each]) => each.const !== undefined)
          .map(([name, each]) => [name, each.const]),
      ),
    array: () => [],
    boolean: () => false,
  };
  return makers[textOf(schema.type)]?.() ?? "";
}
