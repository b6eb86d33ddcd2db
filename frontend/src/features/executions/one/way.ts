/** The way that an execution took, made ready to be walked along and to be painted. Pure. */

import type { Paints, PaintState } from "@/components/graph";
import type { Schema } from "@/lib/api";

export type Visit = Schema<"NodeVisit">;
type Replay = Pick<Schema<"Replay">, "visits" | "graph">;

/** One step of the way, with those of branches, turns and called workflows among them. */
export interface Stop {
  readonly visit: Visit;
  /** How deep it is nested: 0 in the execution itself. */
  readonly depth: number;
  /** The part that it belongs to, where it is the first one of it: a branch, a turn, a called workflow. */
  readonly part: Schema<"Execution"> | null;
  /** The version whose graph it stands in. */
  readonly graph: string;
}

/** Every step in the order in which one reads it: what a step started comes right after it. */
export function stopsOf({ visits, graph }: Replay, depth = 0): Stop[] {
  return visits.flatMap((visit): Stop[] => [
    { visit, depth, part: null, graph },
    ...visit.children.flatMap((child) =>
      stopsOf(child, depth + 1).map((stop, index) =>
        index === 0 ? { ...stop, part: child.execution } : stop,
      ),
    ),
  ]);
}

const MARKS: Readonly<Record<string, PaintState>> = {
  completed: "done",
  failed: "failed",
  waiting: "waiting",
  retrying: "waiting",
  running: "running",
  cancelled: "skipped",
};

/** How a state is painted. */
export function markOf(state: string): PaintState {
  return MARKS[state] ?? "neutral";
}

/** The nodes that were come by until a stop (included), as they stood then, with how often. */
export function paintsUntil(stops: readonly Stop[], last: number, graph: string): Paints {
  const paints: Record<string, { state: PaintState; count?: number }> = {};
  for (const { visit, graph: own } of stops.slice(0, last + 1)) {
    if (own !== graph) continue;
    const count = (paints[visit.node]?.count ?? (paints[visit.node] === undefined ? 0 : 1)) + 1;
    paints[visit.node] = { state: markOf(visit.state), ...(count > 1 && { count }) };
  }
  return paints;
}

/** The edges that were gone along before a stop was reached, as `source:port`; with the last stop, all of them. */
export function takenUntil(stops: readonly Stop[], last: number, graph: string): Set<string> {
  const isEnd = last >= stops.length - 1;
  const passed = stops.slice(0, isEnd ? stops.length : last).filter((stop) => stop.graph === graph);
  const taken = new Set(
    passed.filter(({ visit }) => visit.port !== "").map(({ visit }) => `${visit.node}:${visit.port}`),
  );
  // A fork and a loop are left into their parts, whose names say by which port.
  for (const { part } of stops.slice(0, last + 1)) if (part !== null) taken.add(entryOf(part.branch));
  return taken;
}

/** The edge into a part: `fork:left` is one itself, `each:3` is a turn of the loop `each`. */
function entryOf(branch: string): string {
  const [node = "", port = ""] = branch.split(":");
  return /^\d+$/.test(port) ? `${node}:each` : `${node}:${port}`;
}

/** The stop that stands for a node: the last time that it was come by, until a stop. */
export function stopAt(stops: readonly Stop[], node: string, graph: string): number {
  return stops.findLastIndex((stop) => stop.visit.node === node && stop.graph === graph);
}
