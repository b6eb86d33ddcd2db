/** The set-up form of a provider: its two schemas as one, with a name for the channel. Pure. */

import type { FormValue, JSONSchema } from "@/components/schema-form";

import type { Provider } from "./queries";

interface Titles {
  readonly name: string;
  readonly credentials: string;
  readonly settings: string;
}

function without(schema: JSONSchema, ...names: readonly string[]): JSONSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

function titled(schema: JSONSchema, title: string): JSONSchema {
  return { ...without(schema, "description", "$defs"), title };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Where all of it is advanced, the whole is, and its parts are shown with it. */
function folded(schema: JSONSchema): JSONSchema {
  const members = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
  const advanced = members.every(([, member]) => isRecord(member) && member["x-advanced"] === true);
  if (!advanced || members.length === 0) return schema;
  return {
    ...schema,
    "x-advanced": true,
    properties: Object.fromEntries(
      members.map(([name, member]) => [name, isRecord(member) ? without(member, "x-advanced") : member]),
    ),
  };
}

function definitionsOf(schema: JSONSchema): JSONSchema {
  return isRecord(schema.$defs) ? schema.$defs : {};
}

/** One form for both, so that the API's errors (`credentials.bot_token`) find their fields. */
export function setupSchema(provider: Provider, titles: Titles): JSONSchema {
  return {
    type: "object",
    required: ["name", "credentials", "settings"],
    properties: {
      name: { type: "string", title: titles.name, minLength: 1, maxLength: 120 },
      credentials: titled(provider.credentials_schema, titles.credentials),
      settings: folded(titled(provider.settings_schema, titles.settings)),
    },
    $defs: { ...definitionsOf(provider.credentials_schema), ...definitionsOf(provider.settings_schema) },
  };
}

/** The same for a channel that is there: nothing of its credentials has to be given again. */
export function changeSchema(provider: Provider, titles: Titles): JSONSchema {
  return setupSchema(
    { ...provider, credentials_schema: without(provider.credentials_schema, "required") },
    titles,
  );
}

/** The paths of a provider's secrets, which are stored and never shown. */
export function secretsOf(provider: Provider): readonly string[] {
  const { properties } = provider.credentials_schema;
  if (!isRecord(properties)) return [];
  return Object.entries(properties)
    .filter(([, schema]) => isRecord(schema) && "writeOnly" in schema)
    .map(([name]) => `credentials.${name}`);
}

export interface SetupValue {
  readonly name: string;
  readonly credentials: Record<string, unknown>;
  readonly settings: Record<string, unknown>;
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? { ...value } : {};
}

export function setupValue(value: FormValue): SetupValue {
  return {
    name: typeof value.name === "string" ? value.name : "",
    credentials: recordOf(value.credentials),
    settings: recordOf(value.settings),
  };
}
