/** Variables that texts and code may name: a tree of paths with titles, types and sample values. */

export interface Variable {
  /** The dotted path from its root, such as `user.first_name`. */
  readonly path: string;
  readonly title: string;
  /** What it holds, as the field registry says it: `text`, `number`, `datetime`, `list`, … */
  readonly type: string;
  /** A value that it really had, or could have. */
  readonly sample?: unknown;
  readonly children?: readonly Variable[];
}

export type VariableTree = readonly Variable[];

/** The part of JSON Schema that tells what lies below a variable. */
interface ObjectShape {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly format?: unknown;
  readonly properties?: unknown;
  readonly examples?: unknown;
  readonly anyOf?: unknown;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "number",
  number: "number",
  boolean: "boolean",
  array: "list",
  object: "object",
};
const DEEPEST = 6;
const LONGEST_SAMPLE = 60;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema without its `null`: an optional value is offered as what it is when it is there. */
function presentShape(schema: ObjectShape): ObjectShape {
  if (!Array.isArray(schema.anyOf)) return schema;
  const present = schema.anyOf.find((each) => isRecord(each) && each.type !== "null") as unknown;
  return isRecord(present) ? { ...present, title: schema.title ?? present.title } : schema;
}

function typeOf(shape: ObjectShape, sample: unknown): string {
  if (shape.format === "date-time" || shape.format === "date") return "datetime";
  if (typeof shape.type === "string") return TYPES[shape.type] ?? "any";
  if (Array.isArray(sample)) return "list";
  return TYPES[typeof sample] ?? "any";
}

/**
 * The variable at `path` with everything that `schema` (JSON Schema) and `sample` (a real value) know to lie below it.
 * What only the sample has is offered too: events may carry more than their type declares.
 */
export function variableOf(
  path: string,
  title: string,
  schema: unknown,
  sample?: unknown,
  depth = 0,
): Variable {
  const shape = presentShape(isRecord(schema) ? schema : {});
  const properties = isRecord(shape.properties) ? shape.properties : {};
  const values = isRecord(sample) ? sample : {};
  const names = depth < DEEPEST ? [...new Set([...Object.keys(properties), ...Object.keys(values)])] : [];
  const children = names.map((name) => {
    const below = properties[name];
    const named = isRecord(below) && typeof below.title === "string" ? below.title : name;
    return variableOf(`${path}.${name}`, named, below, values[name], depth + 1);
  });
  const example = sample ?? (Array.isArray(shape.examples) ? (shape.examples[0] as unknown) : undefined);
  return {
    path,
    title,
    type: typeOf(shape, sample),
    ...(example === undefined ? {} : { sample: example }),
    ...(children.length > 0 ? { children } : {}),
  };
}

export interface FlatVariable extends Variable {
  /** The titles of what it lies in, the outermost first. */
  readonly trail: readonly string[];
}

/** Every variable that can be named, in the tree's order; groups that hold nothing of their own are left out. */
export function flatten(tree: VariableTree, trail: readonly string[] = []): FlatVariable[] {
  return tree.flatMap((variable) => {
    const below = flatten(variable.children ?? [], [...trail, variable.title]);
    return below.length > 0 ? below : [{ ...variable, trail }];
  });
}

/** A sample as one short line; empty when there is none. */
export function sampleText(sample: unknown): string {
  if (sample === undefined || sample === null) return "";
  const text = typeof sample === "string" ? sample : JSON.stringify(sample);
  const line = text.replace(/\s+/g, " ");
  return line.length > LONGEST_SAMPLE ? `${line.slice(0, LONGEST_SAMPLE - 1)}…` : line;
}

/** The path as Liquid writes it: steps that are no plain names go into brackets. */
export function liquidPath(path: string): string {
  const [root = "", ...steps] = path.split(".");
  return steps.reduce(
    (written, step) =>
      written +
      (/^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${/^\d+$/.test(step) ? step : JSON.stringify(step)}]`),
    root,
  );
}

/** The path as Python subscripts: the roots are names, all below them are keys. */
export function pythonPath(path: string): string {
  const [root = "", ...steps] = path.split(".");
  return (
    root + steps.map((step) => `[${/^\d+$/.test(step) ? step : `'${step.replaceAll("'", "\\'")}'`}]`).join("")
  );
}
