/** A predicate as documents hold it (`{}` for none) and as its builder wants it. */

import type { Config } from "@/components/graph";
import type { Predicate } from "@/components/predicate";

export function predicateOf(config: Config): Predicate | null {
  if (Object.keys(config).length === 0) return null;
  // The builder shows whatever is no predicate as JSON, to be mended there.
  return config as unknown as Predicate;
}

export const configOf = (predicate: Predicate | null): Config => ({ ...predicate });
