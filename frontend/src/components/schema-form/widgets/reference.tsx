/** Inputs that refer to something: one or several things of the tenant, a field of the registry, a predicate. */

import { FieldPicker, PredicateBuilder, readPredicate } from "@/components/predicate";
import { RelationPicker, RelationsPicker, type RelationName, isRelation } from "@/components/relation";

import { relationOf } from "../inputs";
import { isRecord } from "../schema";
import type { JSONSchema } from "../types";
import { type InputProps, placeholderOf, sharedParts, written } from "./types";

function kindOf(schema: JSONSchema): RelationName {
  const named = relationOf(schema) ?? (isRecord(schema.items) ? relationOf(schema.items) : null);
  return isRelation(named) ? named : "contact";
}

function filterOf(schema: JSONSchema): readonly string[] | undefined {
  const filter = schema["x-connection-types"] ?? schema["x-relation-filter"];
  return Array.isArray(filter) ? filter.map(String) : undefined;
}

export function OneRelation(props: InputProps) {
  const { value, onChange, schema } = props;
  return (
    <RelationPicker
      {...sharedParts(props)}
      required={props.required}
      kind={kindOf(schema)}
      filter={filterOf(schema)}
      other={schema.format !== "uuid"}
      placeholder={placeholderOf({ default: schema.default }) || undefined}
      value={written(value) || null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

export function SeveralRelations(props: InputProps) {
  const { value, onChange, schema, required } = props;
  return (
    <RelationsPicker
      {...sharedParts(props)}
      kind={kindOf(schema)}
      filter={filterOf(schema)}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={(next) => onChange(next.length === 0 && !required ? undefined : next)}
    />
  );
}

export function FieldPath(props: InputProps) {
  const { value, onChange, schema, context, label } = props;
  const roots = schema["x-roots"];
  return (
    <FieldPicker
      id={props.id}
      label={label}
      disabled={props.disabled}
      invalid={props.invalid}
      value={written(value)}
      types={Array.isArray(schema["x-field-types"]) ? schema["x-field-types"].map(String) : undefined}
      roots={Array.isArray(roots) ? roots.map(String) : context.roots}
      eventType={context.eventType}
      onChange={(path) => onChange(path === "" ? undefined : path)}
    />
  );
}

export function PredicateInput(props: InputProps) {
  const { value, onChange, schema, context, errors, disabled } = props;
  const roots = schema["x-roots"];
  return (
    <PredicateBuilder
      value={readPredicate(value)}
      roots={Array.isArray(roots) ? roots.map(String) : context.roots}
      eventType={context.eventType}
      errors={errors}
      disabled={disabled}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
