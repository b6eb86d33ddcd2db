/** What two contacts that are to be merged differ in, and which side wins. Pure. */

import { valueOf, type Column, type Contact } from "../model";

export type Side = "this" | "other";

export interface Difference {
  readonly column: Column;
  readonly values: Readonly<Record<Side, string | number | boolean>>;
}

/** The fields in which both have something, and not the same: of the others there is nothing to choose. */
export function differences(
  columns: readonly Column[],
  contact: Contact,
  other: Contact,
): readonly Difference[] {
  return columns.flatMap((column) => {
    if (!column.editable) return [];
    const [mine, theirs] = [valueOf(contact, column), valueOf(other, column)];
    const both = [mine, theirs].every((value) => value !== null && value !== "" && typeof value !== "object");
    if (!both || mine === theirs) return [];
    return [{ column, values: { this: mine as string | number, other: theirs as string | number } }];
  });
}

/** The fields to take from the other one, as the API wants them. */
export function taken(sides: Readonly<Record<string, Side>>): string[] {
  return Object.keys(sides).filter((key) => sides[key] === "other");
}
