/** What changed between two versions, made ready to be told: how many of each, and each value as a short text. Pure. */

import type { Schema } from "@/lib/api";

import type { Diff } from "../queries";

export type PartChange = Schema<"PartChange">;
export type Kind = PartChange["change"];

export interface Section {
  readonly name: "triggers" | "nodes" | "edges";
  readonly parts: readonly PartChange[];
}

const LONGEST = 160;
const ORDER: readonly Kind[] = ["added", "changed", "removed"];

/** The parts that changed, by sort; what was added first. Sorts of which nothing changed are left out. */
export function sectionsOf(diff: Diff): Section[] {
  const sections: Section[] = (["triggers", "nodes", "edges"] as const).map((name) => ({
    name,
    parts: [...diff[name]].sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change)),
  }));
  return sections.filter(({ parts }) => parts.length > 0);
}

/** How many parts of each kind of change there are, of all sorts. */
export function countsOf(diff: Diff): Record<Kind, number> {
  const counts: Record<Kind, number> = { added: 0, changed: 0, removed: 0 };
  for (const { change } of [...diff.triggers, ...diff.nodes, ...diff.edges]) counts[change] += 1;
  return counts;
}

/** A value in short; null for one that was not there. */
export function shortly(value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** How each node is to be painted: as what became of it. */
export function paintsOf(diff: Diff): Record<string, { state: Kind }> {
  return Object.fromEntries(diff.nodes.map(({ id, change }) => [id, { state: change }]));
}
