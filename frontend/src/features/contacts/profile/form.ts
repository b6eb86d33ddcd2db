/** The form of a contact: the API's schema with our words, and what of it is sent. Pure. */

import type { FormValue, JSONSchema } from "@/components/schema-form";
import type { Schema } from "@/lib/api";

import type { Contact } from "../model";

const FIELDS = ["name", "phone", "email", "language", "timezone", "external_id"] as const;

export type FieldName = (typeof FIELDS)[number] | "custom";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema with its titles translated; without custom fields, without their group. */
export function withTitles(schema: JSONSchema, titleOf: (name: FieldName) => string): JSONSchema {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const titled = [...FIELDS, "custom" as const].flatMap((name): [string, unknown][] => {
    const part = properties[name];
    if (!isRecord(part)) return [];
    if (name === "custom" && Object.keys(isRecord(part.properties) ? part.properties : {}).length === 0)
      return [];
    return [[name, { ...part, title: titleOf(name) }]];
  });
  // Always there, so that the group of custom fields is no choice of its own.
  const required = titled.some(([name]) => name === "custom") ? ["custom"] : [];
  return { ...schema, properties: Object.fromEntries(titled), required, additionalProperties: true };
}

/** What the form begins with. */
export function valueFor(contact: Contact): FormValue {
  return {
    ...Object.fromEntries(FIELDS.map((name) => [name, contact[name] ?? ""])),
    custom: { ...contact.custom },
  };
}

/** What differs from before: a field that was emptied is sent as empty, a custom one as null, which removes it. */
export function changesIn(before: FormValue, after: FormValue): Schema<"PatchedContactInputRequest"> {
  const changed = FIELDS.filter((name) => (after[name] ?? "") !== (before[name] ?? ""));
  const own = isRecord(before.custom) ? before.custom : {};
  const now = isRecord(after.custom) ? after.custom : {};
  const custom = Object.fromEntries(
    [...new Set([...Object.keys(own), ...Object.keys(now)])]
      .filter((slug) => own[slug] !== now[slug])
      .map((slug) => [slug, valueIn(now[slug])]),
  );
  return {
    ...Object.fromEntries(changed.map((name) => [name, after[name] ?? ""])),
    ...(Object.keys(custom).length > 0 && { custom }),
  };
}

function valueIn(value: unknown): string | number | boolean | null {
  return typeof value === "number" ||
    typeof value === "boolean" ||
    (typeof value === "string" && value !== "")
    ? value
    : null;
}
