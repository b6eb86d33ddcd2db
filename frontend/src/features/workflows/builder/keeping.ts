/** What could not be saved yet, kept in the browser so that a closed window loses nothing. */

import { isConfig } from "@/components/graph";

import type { Changes } from "./useDraft";

export interface Kept {
  /** The revision that the changes were made to. */
  readonly revision: number;
  readonly changes: Changes;
}

const keyOf = (id: string): string => `wasl-draft:${id}`;

export function keep(id: string, what: Kept): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(what));
  } catch {
    // A full or forbidden storage only means that a closed window would lose the last changes.
  }
}

export function forget(id: string): void {
  localStorage.removeItem(keyOf(id));
}

/** What an earlier visit left; null when there is nothing, or nothing that can be read. */
export function kept(id: string): Kept | null {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(keyOf(id)) ?? "null");
    if (!isConfig(raw) || typeof raw.revision !== "number" || !isConfig(raw.changes)) return null;
    const { name, draft } = raw.changes;
    return {
      revision: raw.revision,
      changes: { ...(typeof name === "string" && { name }), ...(isConfig(draft) && { draft: { ...draft } }) },
    };
  } catch {
    return null;
  }
}
