/** What a schema-driven form is given. */

import type { VariableTree } from "@/components/code";
import type { FieldErrors } from "@/lib/api";

/** A JSON Schema (2020-12), as Pydantic makes it, with Wasl's hints: `format`, `x-widget`, `x-advanced`, `x-choices`, … */
export type JSONSchema = Readonly<Record<string, unknown>>;

export type FormValue = Record<string, unknown>;

/** What the form's inputs may offer beside what the schema says. */
export interface FormContext {
  /** Variables for texts with Liquid; without them texts are plain unless the schema asks for Liquid. */
  readonly variables?: VariableTree;
  /** The event type whose data predicates may name. */
  readonly eventType?: string;
  /** The roots that predicates may name, such as `["user"]`; all when left out. */
  readonly roots?: readonly string[];
  /** Paths of secrets that are stored already: they show as set, and are sent only when replaced. */
  readonly storedSecrets?: readonly string[];
}

export interface SchemaFormProps {
  schema: JSONSchema;
  value: FormValue;
  onChange: (value: FormValue) => void;
  /** The API's errors, by dotted path. */
  errors?: FieldErrors;
  disabled?: boolean;
  context?: FormContext;
  /** Shows a button with these words; without `onSubmit` it does nothing. */
  submitLabel?: string;
  /** Called with the value once the schema has nothing against it. */
  onSubmit?: (value: FormValue) => void;
}
