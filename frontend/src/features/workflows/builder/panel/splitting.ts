/** Which part of a step's panel each of its problems belongs to. */

import { fieldErrors, isConfig, type Config, type PlacedProblem } from "@/components/graph";
import type { FieldErrors } from "@/lib/api";

export interface Split {
  readonly config: FieldErrors;
  readonly predicate: FieldErrors;
  readonly retry: FieldErrors;
  /** What concerns the step as a whole. */
  readonly general: readonly string[];
}

const under = (prefix: string, problems: readonly PlacedProblem[]): FieldErrors =>
  fieldErrors(
    problems.map((each) => ({ ...each, field: each.field.slice(prefix.length).replace(/^\./, "") })),
  );

/** The server names a field of the config by its path alone, and one of the predicate by its place there: `all.0.value`. */
export function splitProblems(
  problems: readonly PlacedProblem[],
  schema: Config,
  keys: ReadonlySet<string>,
): Split {
  const properties = isConfig(schema.properties) ? schema.properties : {};
  const parts: Record<keyof Split, PlacedProblem[]> = { config: [], predicate: [], retry: [], general: [] };
  for (const problem of problems) {
    const [first = ""] = problem.field.split(".");
    if (first in properties) parts.config.push(problem);
    else if (first === "retry" && keys.has("retry")) parts.retry.push(problem);
    else if (keys.has("predicate") && first !== "") parts.predicate.push(problem);
    else parts[first === "" ? "general" : "config"].push(problem);
  }
  return {
    config: under("", parts.config),
    predicate: under("", parts.predicate),
    retry: under("retry", parts.retry),
    general: parts.general.map((problem) => problem.message),
  };
}
