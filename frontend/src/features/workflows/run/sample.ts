/** Made-up data for an event, from the JSON Schema of its type. Pure. */

type Schema = Readonly<Record<string, unknown>>;

const MOST_DEEP = 6;
const BY_TYPE: Readonly<Record<string, unknown>> = {
  string: "",
  number: 0,
  integer: 0,
  boolean: false,
  array: [],
  null: null,
};

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands for a value of the schema: its example, its default, its first choice, else an empty one. */
function valueOf(schema: Schema, root: Schema, deep: number): unknown {
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0] as unknown;
  for (const key of ["example", "default", "const"]) if (schema[key] !== undefined) return schema[key];
  if (Array.isArray(schema.enum)) return schema.enum[0] as unknown;
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray) as unknown[] | undefined;
  const first = choices?.find((each) => isSchema(each) && each.type !== "null");
  if (isSchema(first)) return valueOf(first, root, deep + 1);
  if (typeof schema.$ref === "string" && deep < MOST_DEEP) {
    const found = schema.$ref
      .replace(/^#\//, "")
      .split("/")
      .reduce<unknown>((at, key) => (isSchema(at) ? at[key] : undefined), root);
    return isSchema(found) ? valueOf(found, root, deep + 1) : null;
  }
  if (isSchema(schema.properties) && deep < MOST_DEEP) return objectOf(schema, root, deep);
  if (schema.type === "object") return {};
  return typeof schema.type === "string" ? (BY_TYPE[schema.type] ?? null) : null;
}

function objectOf(schema: Schema, root: Schema, deep: number): Record<string, unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      isSchema(value) ? valueOf(value, root, deep + 1) : null,
    ]),
  );
}

export function sampleData(schema: unknown): Record<string, unknown> {
  return isSchema(schema) ? objectOf(schema, schema, 0) : {};
}
