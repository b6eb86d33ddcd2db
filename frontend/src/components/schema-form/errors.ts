/** Errors by their places: which field shows which, and which no field can show. */

import type { FieldErrors } from "@/lib/api";

import { nearestPlace, type Place } from "./prepare";

export interface PlacedErrors {
  /** By the dotted path of the field that shows them. */
  readonly fields: FieldErrors;
  /** Those that no field shows, each with its path. */
  readonly others: readonly { readonly path: string; readonly message: string }[];
}

/** A path in the dotted form, whether it was written so or as a JSON pointer. */
export function dotted(path: string): string {
  return path.startsWith("/") ? path.slice(1).replaceAll("/", ".") : path;
}

export function placed(form: Place, errors: FieldErrors): PlacedErrors {
  const fields: Record<string, readonly string[]> = {};
  const others: { path: string; message: string }[] = [];
  for (const [path, messages] of Object.entries(errors)) {
    const steps = dotted(path).split(".").filter(Boolean);
    const nearest = nearestPlace(form, steps);
    if (nearest === null || nearest.length === 0)
      others.push(...messages.map((message) => ({ path, message })));
    else fields[nearest.join(".")] = [...(fields[nearest.join(".")] ?? []), ...messages];
  }
  return { fields, others };
}

/** The errors at `path` and below it, by their paths from there. */
export function below(errors: FieldErrors, path: string): FieldErrors {
  return Object.fromEntries(
    Object.entries(errors)
      .map(([at, messages]) => [dotted(at), messages] as const)
      .filter(([at]) => at.startsWith(`${path}.`))
      .map(([at, messages]) => [at.slice(path.length + 1), messages]),
  );
}

export function merged(...all: readonly FieldErrors[]): FieldErrors {
  const result: Record<string, readonly string[]> = {};
  for (const errors of all)
    for (const [path, messages] of Object.entries(errors))
      result[dotted(path)] = [...new Set([...(result[dotted(path)] ?? []), ...messages])];
  return result;
}
