/** Picks a field that predicates may name, by the catalogue of the field registry. */

import { TextInput } from "@mantine/core";

export interface FieldPickerProps {
  id?: string;
  label: string;
  value: string;
  onChange: (path: string) => void;
  roots?: readonly string[];
  /** Only fields of these types. */
  types?: readonly string[];
  eventType?: string;
  disabled?: boolean;
  invalid?: boolean;
}

export function FieldPicker({ id, label, value, onChange, disabled }: FieldPickerProps) {
  return (
    <TextInput id={id} aria-label={label} value={value} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}
