/** A form drawn from a JSON Schema. */

import { JsonInput } from "@mantine/core";

import type { FormValue, SchemaFormProps } from "./types";

export function SchemaForm({ value, onChange, disabled }: SchemaFormProps) {
  return (
    <JsonInput
      disabled={disabled}
      defaultValue={JSON.stringify(value, null, 2)}
      onChange={(text) => {
        try {
          onChange(JSON.parse(text) as FormValue);
        } catch {
          // Half-written JSON is no value yet.
        }
      }}
    />
  );
}
