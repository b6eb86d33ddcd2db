/** The steps of an import, and what is asked for in them. Pure. */

import type { Schema } from "@/lib/api";

import type { Job } from "../model";

export const STEPS = ["mapping", "options", "check", "run"] as const;
export type Step = (typeof STEPS)[number];

/** What a column of a file may be, beside custom fields. */
export const TARGETS = [
  "name",
  "first_name",
  "last_name",
  "phone",
  "email",
  "external_id",
  "language",
  "timezone",
  "tags",
  "opted_out",
] as const;

const KEYS = ["external_id", "phone", "email"] as const;
export type MatchKey = (typeof KEYS)[number];

/** By what contacts can be found again with this mapping, the surest first. */
export function keysOf(mapping: readonly string[]): MatchKey[] {
  return KEYS.filter((key) => mapping.includes(key));
}

/** The mapping with one column changed; what it becomes now, no other column is any more. */
export function mapped(mapping: readonly string[], column: number, target: string): string[] {
  return mapping.map((each, number) => {
    if (number === column) return target;
    return each === target && target !== "tags" ? "" : each;
  });
}

/** Where a file stands: what was run decides; else the mapping comes first. */
export function stepOf(found: Pick<Schema<"ContactImport">, "check_job" | "run_job">): Step {
  if (found.run_job !== null) return "run";
  return found.check_job === null ? "mapping" : "check";
}

const COUNTS = ["created", "updated", "unchanged", "skipped"] as const;
export type Count = (typeof COUNTS)[number] | "failed";

/** The rows by what became of them, those that there are none of left out, but for the first. */
export function countsOf(job: Job): readonly (readonly [Count, number])[] {
  const counts: (readonly [Count, number])[] = COUNTS.map((name) => [name, job.result[name] ?? 0] as const);
  return [...counts, ["failed", job.failed] as const].filter(
    ([name, number]) => number > 0 || name === "created",
  );
}
