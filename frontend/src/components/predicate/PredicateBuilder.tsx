/** Builds a predicate by rows and groups. */

import { JsonInput } from "@mantine/core";

import type { FieldErrors } from "@/lib/api";

import type { Predicate } from "./types";

export interface PredicateBuilderProps {
  value: Predicate | null;
  onChange: (value: Predicate | null) => void;
  /** The roots whose fields are offered, such as `["user"]`; all when left out. */
  roots?: readonly string[];
  /** The event whose data is offered below `event.data`. */
  eventType?: string;
  /** What is wrong, by JSON pointer (`/all/0/value`) or dotted path (`all.0.value`) within the predicate. */
  errors?: FieldErrors;
  disabled?: boolean;
  /** What is shown beside the sentence, such as "matches 120 contacts". */
  summary?: React.ReactNode;
}

export function PredicateBuilder({ value, onChange, disabled }: PredicateBuilderProps) {
  return (
    <JsonInput
      disabled={disabled}
      defaultValue={JSON.stringify(value, null, 2)}
      onChange={(text) => {
        try {
          onChange(JSON.parse(text) as Predicate | null);
        } catch {
          // Half-written JSON is no predicate yet.
        }
      }}
    />
  );
}
