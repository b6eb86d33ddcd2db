/** Turns a schema into what the form library draws: a plain schema, and which input each place has. */

import type { RJSFSchema, UiSchema } from "@rjsf/utils";

import { inputOf, type InputName, type Shape } from "./inputs";
import { alternativesOf, folded, isRecord, mapValueOf, propertiesOf, requiredOf } from "./schema";
import type { JSONSchema } from "./types";

/** What the form knows of one place. */
export interface Place {
  readonly schema: JSONSchema;
  readonly draw: InputName | Shape;
  readonly required: boolean;
  /** An object that need not be there: it is added and removed as a whole. */
  readonly optional: boolean;
  readonly properties: Readonly<Record<string, Place>>;
  /** The members of an array, or the values of a map. */
  readonly members: Place | null;
  readonly alternatives: readonly Place[];
  /** A member of a list or map: the row says where it stands, so it needs no label unless it has a title. */
  readonly inRow: boolean;
}

/** The form as a tree of places. */
export function placesOf(schema: JSONSchema): Place {
  return placeOf(folded(schema), { required: true, whole: true });
}

interface Standing {
  readonly required: boolean;
  /** It is there as a whole, because it is the form itself, a row, or an alternative that was chosen. */
  readonly whole?: boolean;
  readonly inRow?: boolean;
}

function placeOf(schema: JSONSchema, { required, whole = false, inRow = false }: Standing): Place {
  const draw = inputOf(schema);
  const needed = new Set(requiredOf(schema));
  const member = (each: unknown): Place =>
    placeOf(isRecord(each) ? each : {}, { required: true, whole: true, inRow: true });
  return {
    schema,
    draw,
    required,
    optional: !whole && !required && (draw === "object" || draw === "union"),
    properties:
      draw === "object"
        ? Object.fromEntries(
            Object.entries(propertiesOf(schema)).map(([name, each]) => [
              name,
              placeOf(each, { required: needed.has(name) }),
            ]),
          )
        : {},
    members: draw === "map" ? member(mapValueOf(schema)) : draw === "array" ? member(schema.items) : null,
    alternatives:
      draw === "union"
        ? alternativesOf(schema).map((each) => placeOf(each, { required: true, whole: true }))
        : [],
    inRow,
  };
}

/** Keywords that the form draws by itself; defaults are shown as such, and never written into the value. */
const DROPPED = new Set([
  "default",
  "additionalProperties",
  "patternProperties",
  "anyOf",
  "oneOf",
  "enum",
  "const",
  "examples",
]);
const TYPE_OF: Readonly<Partial<Record<InputName | Shape, string>>> = { object: "object", array: "array" };

/** The schema for the form library: only what it has to walk. */
export function drawnSchema(place: Place): RJSFSchema {
  const kept = Object.fromEntries(Object.entries(place.schema).filter(([key]) => !DROPPED.has(key)));
  return {
    ...kept,
    type: TYPE_OF[place.draw] ?? "string",
    ...(place.draw === "object"
      ? {
          properties: Object.fromEntries(
            Object.entries(place.properties).map(([name, each]) => [name, drawnSchema(each)]),
          ),
        }
      : { properties: undefined }),
    ...(place.draw === "array" && place.members !== null
      ? { items: drawnSchema(place.members) }
      : { items: undefined }),
  } as RJSFSchema;
}

const FIELD_OF: Readonly<Partial<Record<InputName | Shape, string>>> = {
  object: "ObjectField",
  array: "ArrayField",
  map: "MapField",
  union: "UnionField",
};

/** The options of each place for the form library, with the place itself. */
export function drawnUi(place: Place, { bare = false }: { bare?: boolean } = {}): UiSchema {
  const optional = place.optional && !bare;
  return {
    "ui:options": { field: optional ? "OptionalField" : (FIELD_OF[place.draw] ?? "InputField"), place },
    ...Object.fromEntries(Object.entries(place.properties).map(([name, each]) => [name, drawnUi(each)])),
    ...(place.draw === "array" && place.members !== null ? { items: drawnUi(place.members) } : {}),
  };
}

/** The deepest place on the way to `path` that the form draws; `null` when the form knows nothing of it. */
export function nearestPlace(place: Place, path: readonly string[]): readonly string[] | null {
  let at = place;
  for (const [depth, step] of path.entries()) {
    const next =
      at.draw === "object"
        ? at.properties[step]
        : (at.members ??
          at.alternatives.find((each) => each.properties[step] !== undefined)?.properties[step]);
    if (next === undefined) return at.draw === "object" && depth === 0 ? null : path.slice(0, depth);
    at = next;
  }
  return path;
}
