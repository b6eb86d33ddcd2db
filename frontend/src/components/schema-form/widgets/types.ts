/** What every input of a form is given. */

import type { FieldErrors } from "@/lib/api";

import type { FormContext, JSONSchema } from "../types";

export interface InputProps {
  id: string;
  name: string;
  /** Where it stands in the form, dotted. */
  path: string;
  /** The folded schema of this place. */
  schema: JSONSchema;
  label: string;
  /** Whether the label is shown; else the input has to say it to those who do not see where it stands. */
  labelled: boolean;
  value: unknown;
  /** `undefined` takes the value away. */
  onChange: (value: unknown) => void;
  disabled: boolean;
  required: boolean;
  invalid: boolean;
  /** The id of the help's text. */
  describedBy: string | undefined;
  /** What is wrong within the value, by dotted path from here. */
  errors: FieldErrors;
  context: FormContext;
}

/** The attributes that Mantine's inputs share. */
export function shared({ id, disabled, invalid, required, describedBy, label, labelled }: InputProps) {
  return {
    id,
    "aria-label": labelled ? undefined : label,
    disabled,
    error: invalid,
    withAsterisk: required,
    "aria-describedby": describedBy,
    "aria-required": required || undefined,
  };
}

/** The same for inputs that stand in a larger one, which has the mark of what is needed. */
export function sharedParts({ id, disabled, invalid, describedBy, label, labelled }: InputProps) {
  return {
    id,
    disabled,
    error: invalid,
    "aria-label": labelled ? undefined : label,
    "aria-describedby": describedBy,
  };
}

/** Text for an input that may have another value, or none. */
export function written(value: unknown): string {
  return typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : JSON.stringify(value);
}

/** The default as a placeholder: what holds while nothing is written. */
export function placeholderOf({ default: preset, examples }: JSONSchema): string {
  const first: unknown = Array.isArray(examples) ? examples[0] : undefined;
  const shown = preset === undefined || preset === null || preset === "" ? first : preset;
  return typeof shown === "string" || typeof shown === "number" ? String(shown) : "";
}
