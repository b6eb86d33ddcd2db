/** Which contacts of the table are chosen: some by name, or all that match. Pure. */

import type { Schema } from "@/lib/api";

import { isEmpty, type ContactsSearch } from "../model";

export interface Chosen {
  readonly ids: readonly string[];
  /** All that match, on other pages too. */
  readonly all: boolean;
}

/** The same as the API takes it. */
export function selectionOf(chosen: Chosen, asked: ContactsSearch): Schema<"SelectionRequest"> {
  if (!chosen.all) return { ids: [...chosen.ids], all_matching: false, search: "" };
  return {
    all_matching: true,
    search: asked.q ?? "",
    ...(!isEmpty(asked.filter) && { predicate: asked.filter }),
  };
}

/** The chosen ones after one row was ticked or unticked; with `from`, all rows between the two. */
export function ticked(
  chosen: readonly string[],
  rows: readonly string[],
  row: string,
  from: string | null,
): string[] {
  const on = !chosen.includes(row);
  const [a, b] = [rows.indexOf(from ?? row), rows.indexOf(row)];
  const touched = new Set(a < 0 ? [row] : rows.slice(Math.min(a, b), Math.max(a, b) + 1));
  return [...chosen.filter((id) => !touched.has(id)), ...(on ? touched : [])];
}
