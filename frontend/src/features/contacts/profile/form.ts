/** The form of a contact: the API's schema as one flat form with our words, and what of it is sent. Pure. */

import type { FormValue, JSONSchema } from "@/components/schema-form";
import type { FieldErrors, Schema } from "@/lib/api";

import type { Contact } from "../model";

const FIELDS = ["name", "phone", "email", "language", "timezone", "external_id"] as const;
/** A custom field's name in the form, where it stands among the others: `custom__size` for the API's `custom.size`. */
const OWN = "custom__";

export type FieldName = (typeof FIELDS)[number];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const propertiesOf = (schema: unknown): Record<string, unknown> =>
  isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};

/** The schema with our titles; the tenant's own fields, with theirs, after the others. */
export function flatSchema(schema: JSONSchema, titleOf: (name: FieldName) => string): JSONSchema {
  const known = propertiesOf(schema);
  const ours = FIELDS.flatMap((name): [string, unknown][] => {
    const part = known[name];
    return isRecord(part) ? [[name, { ...part, title: titleOf(name) }]] : [];
  });
  const own = Object.entries(propertiesOf(known.custom)).map(([slug, part]) => [OWN + slug, part] as const);
  return { type: "object", properties: Object.fromEntries([...ours, ...own]) };
}

/** What the form begins with: an empty text is no e-mail, so what is empty is left out. */
export function valueFor(contact: Contact): FormValue {
  return {
    ...Object.fromEntries(FIELDS.flatMap((name) => (contact[name] ? [[name, contact[name]]] : []))),
    ...Object.fromEntries(Object.entries(contact.custom).map(([slug, value]) => [OWN + slug, value])),
  };
}

/** What differs from before: a field that was emptied is sent as empty, a custom one as null, which removes it. */
export function changesIn(before: FormValue, after: FormValue): Schema<"PatchedContactInputRequest"> {
  const changed = FIELDS.filter((name) => (after[name] ?? "") !== (before[name] ?? ""));
  const own = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) =>
    name.startsWith(OWN),
  );
  const custom = Object.fromEntries(
    own
      .filter((name) => valueIn(before[name]) !== valueIn(after[name]))
      .map((name) => [name.slice(OWN.length), valueIn(after[name])]),
  );
  return {
    ...Object.fromEntries(changed.map((name) => [name, after[name] ?? ""])),
    ...(Object.keys(custom).length > 0 && { custom }),
  };
}

/** The form with what somebody else has written meanwhile, and what was changed here on top of it. */
export function rebased(before: FormValue, mine: FormValue, theirs: FormValue): FormValue {
  const touched = Object.keys(mine).filter((name) => mine[name] !== before[name]);
  return { ...theirs, ...Object.fromEntries(touched.map((name) => [name, mine[name]])) };
}

/** The API's errors by the names that the form has. */
export function formErrors(fields: FieldErrors): FieldErrors {
  return Object.fromEntries(
    Object.entries(fields).map(([name, said]) => [name.replace(/^custom\./, OWN), said]),
  );
}

function valueIn(value: unknown): string | number | boolean | null {
  return typeof value === "number" ||
    typeof value === "boolean" ||
    (typeof value === "string" && value !== "")
    ? value
    : null;
}
