/** Whether a document follows the predicate grammar, and where it does not: what the back end's parser says, in short. */

import type { Operator } from "./catalogue";
import type { Predicate } from "./types";

export interface Fault {
  /** Dotted, such as `all.0.value`. */
  readonly path: string;
  /** A key of the words under `faults`. */
  readonly fault: "object" | "mixed" | "list" | "unknown" | "field" | "operator" | "value" | "empty";
}

const GROUPS = ["all", "any"] as const;
const LINE_KEYS = new Set(["field", "op", "value"]);
const FIELD = /^[^\s.]+(\.[^\s.]+)*$/;
const DURATION =
  /^\s*([0-9٠-٩۰-۹]+[smhdw]|P(?=.)([0-9٠-٩۰-۹]+W)?([0-9٠-٩۰-۹]+D)?(T(?=.)([0-9٠-٩۰-۹]+H)?([0-9٠-٩۰-۹]+M)?([0-9٠-٩۰-۹]+S)?)?)\s*$/;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isScalar = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Number.isFinite(value));
const isBound = (value: unknown): boolean =>
  typeof value === "number" || (typeof value === "string" && value.trim() !== "");

/** Whether a value has the shape; an operator that is not in this table takes what it likes. */
const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  nothing: () => true,
  scalar: isScalar,
  scalar_or_null: (value) => value === null || isScalar(value),
  list: (value) => Array.isArray(value) && value.length > 0 && value.every(isScalar),
  fragment: (value) => isScalar(value) && value !== "",
  text: (value) => typeof value === "string" && value !== "",
  search: (value) => typeof value === "string" && value.trim() !== "",
  pattern: (value) => typeof value === "string" && value !== "",
  bound: isBound,
  range: (value) => Array.isArray(value) && value.length === 2 && value.every(isBound),
  duration: (value) => typeof value === "string" && DURATION.test(value),
  occurrences: (value) =>
    isRecord(value) &&
    typeof value.event_type === "string" &&
    /^[A-Z][A-Z0-9_]{0,99}$/.test(value.event_type) &&
    typeof value.within === "string" &&
    DURATION.test(value.within),
};

function faultsInLine(
  line: Readonly<Record<string, unknown>>,
  path: string,
  operators: readonly Operator[],
): Fault[] {
  const inside = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const strange = Object.keys(line).find((key) => !LINE_KEYS.has(key));
  if (strange !== undefined) return [{ path: inside(strange), fault: "unknown" }];
  const faults: Fault[] = [];
  if (typeof line.field !== "string" || !FIELD.test(line.field))
    faults.push({ path: inside("field"), fault: "field" });
  const operator = operators.find(({ slug }) => slug === line.op);
  if (operator === undefined) faults.push({ path: inside("op"), fault: "operator" });
  else if (FITS[operator.shape]?.(line.value) === false) {
    const blank =
      line.value === undefined || line.value === "" || (Array.isArray(line.value) && line.value.length === 0);
    faults.push({ path: inside("value"), fault: blank ? "empty" : "value" });
  }
  return faults;
}

/** Everything that is wrong with `document`, in its order. */
export function faultsOf(document: unknown, operators: readonly Operator[], path = ""): Fault[] {
  const inside = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if (!isRecord(document)) return [{ path, fault: "object" }];
  const key = ["all", "any", "not"].find((each) => each in document);
  if (key === undefined) return faultsInLine(document, path, operators);
  if (Object.keys(document).length > 1) return [{ path, fault: "mixed" }];
  if (key === "not") return faultsOf(document.not, operators, inside("not"));
  const children = document[key];
  if (!Array.isArray(children)) return [{ path: inside(key), fault: "list" }];
  return children.flatMap((child: unknown, index) => faultsOf(child, operators, inside(`${key}.${index}`)));
}

/** Whether the document can be shown as rows and groups, though its values may be wrong still. */
export function isPredicate(document: unknown): document is Predicate {
  if (!isRecord(document)) return false;
  const keys = Object.keys(document);
  if (keys.length === 1 && "not" in document) return isPredicate(document.not);
  const group = GROUPS.find((each) => each in document);
  if (group !== undefined) {
    const children = document[group];
    return keys.length === 1 && Array.isArray(children) && children.every(isPredicate);
  }
  return (
    typeof document.field === "string" &&
    typeof document.op === "string" &&
    keys.every((key) => LINE_KEYS.has(key))
  );
}

/** A stored document as the builder takes it: `{}` and nothing are no predicate. What is no predicate shows as JSON. */
export function readPredicate(document: unknown): Predicate | null {
  // The builder looks at the shape itself, and lets people mend what has none.
  return isRecord(document) && Object.keys(document).length > 0 ? (document as unknown as Predicate) : null;
}
