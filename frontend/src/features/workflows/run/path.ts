/** The path of a dry run, made ready to be listed and painted. Pure. */

import type { Paint, PaintState } from "@/components/graph";
import type { Schema } from "@/lib/api";

export type PathStep = Schema<"PathStep">;

export interface Stop {
  readonly step: PathStep;
  /** How deep it is nested: 0 in the workflow itself. */
  readonly depth: number;
  /** The branch, turn or called workflow whose first step it is. */
  readonly part: Schema<"Branch"> | null;
  /** Whether it stands in the graph of the workflow that is tried. */
  readonly isOwn: boolean;
}

/** Every step in the order in which one reads it: what a step started comes right after it. */
export function stopsOf(path: readonly PathStep[], workflowId: string, depth = 0, isOwn = true): Stop[] {
  return path.flatMap((step): Stop[] => [
    { step, depth, part: null, isOwn },
    ...step.branches.flatMap((branch) =>
      stopsOf(branch.path, workflowId, depth + 1, isOwn && branch.workflow === workflowId).map(
        (stop, index) => (index === 0 ? { ...stop, part: branch } : stop),
      ),
    ),
  ]);
}

export function stateOf({ error, state, port }: PathStep): PaintState {
  if (error !== "" || state === "failed") return "failed";
  if (state === "waiting") return "waiting";
  return port === "" && state === "" ? "neutral" : "done";
}

export function paintsOf(stops: readonly Stop[]): Record<string, Paint> {
  const paints: Record<string, Paint> = {};
  for (const { step, isOwn } of stops) {
    if (!isOwn) continue;
    const before = paints[step.node];
    const count = before === undefined ? 1 : (before.count ?? 1) + 1;
    paints[step.node] = { state: stateOf(step), ...(count > 1 && { count }) };
  }
  return paints;
}

/** The edges that were gone along, as `source:port`, into branches and turns too. */
export function takenOf(stops: readonly Stop[]): Set<string> {
  const own = stops.filter(({ isOwn }) => isOwn);
  const left = own.filter(({ step }) => step.port !== "").map(({ step }) => `${step.node}:${step.port}`);
  const entered = own.flatMap(({ part }) => {
    if (part === null) return [];
    const [node = "", port = ""] = part.branch.split(":");
    return [/^\d+$/.test(port) ? `${node}:each` : `${node}:${port}`];
  });
  return new Set([...left, ...entered]);
}
