/** JSON made ready to be read: which values open, and how each leaf is written. Pure. */

export interface JsonRow {
  readonly key: string;
  /** The text of a leaf; null where there are `rows`. */
  readonly text: string | null;
  /** Whether the text is what people wrote, with a direction of its own. */
  readonly isText: boolean;
  readonly rows: readonly JsonRow[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether there is nothing to be read: null, no text, no members, or nothing but such. */
export function isBlank(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return isObject(value) && Object.values(value).every(isBlank);
}

function row(key: string, value: unknown): JsonRow {
  if (!isObject(value)) {
    const isText = typeof value === "string";
    return { key, text: isText ? value : String(value), isText, rows: [] };
  }
  return { key, text: null, isText: false, rows: rowsOf(value) };
}

/** The members of an object or a list that say something; blank ones are left out. */
export function rowsOf(value: unknown): JsonRow[] {
  if (!isObject(value)) return isBlank(value) ? [] : [row("", value)];
  const members = Array.isArray(value)
    ? value.map((each: unknown, index): [string, unknown] => [String(index + 1), each])
    : Object.entries(value);
  return members.filter(([, each]) => !isBlank(each)).map(([key, each]) => row(key, each));
}
