/** Reads what an address holds after its question mark: each part is what it should be, or is not there. Pure. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The one of `known` that was given. */
export function oneOf<Value>(known: readonly Value[], given: unknown): Value | undefined {
  return known.find((each) => each === given);
}

/** A text that is not empty. */
export function textIn(given: unknown): string | undefined {
  // The router reads a search for "7" as a number.
  const text = typeof given === "number" ? String(given) : given;
  return typeof text === "string" && text !== "" ? text : undefined;
}

export function idIn(given: unknown): string | undefined {
  return typeof given === "string" && UUID.test(given) ? given : undefined;
}

/** A whole number of at least `least`. */
export function numberIn(given: unknown, least = 1): number | undefined {
  return typeof given === "number" && Number.isInteger(given) && given >= least ? given : undefined;
}

/** Without the members that have no value, so that addresses stay short. */
export function present<Found extends object>(
  found: Found,
): { [Key in keyof Found]?: NonNullable<Found[Key]> } {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as {
    // Only members without a value are gone.
    [Key in keyof Found]?: NonNullable<Found[Key]>;
  };
}
