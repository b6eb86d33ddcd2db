/** How a workflow's nodes have been doing, as shares, and as they are painted on its graph. Pure. */

import type { Paint, PaintState } from "@/components/graph";
import type { Schema } from "@/lib/api";

type NodeFigures = Schema<"NodeStatistics">;

/** The share of those who came and did not go on: they failed here or were taken out. Null while nobody came. */
export function dropOff({
  total,
  failed,
  left,
}: Pick<NodeFigures, "total" | "failed" | "left">): number | null {
  return total === 0 ? null : Math.min(1, (failed + left) / total);
}

function stateOf({ total, failed, waiting }: NodeFigures): PaintState {
  if (total === 0) return "skipped";
  if (failed > 0) return "failed";
  return waiting > 0 ? "waiting" : "neutral";
}

/** By node: how often it was entered, and in `note` what is worth knowing. */
export function paintsOf(
  nodes: readonly NodeFigures[],
  note: (node: NodeFigures) => string,
): Record<string, Paint> {
  return Object.fromEntries(
    nodes.map((node) => {
      const said = note(node);
      const paint: Paint = { state: stateOf(node), count: node.total, ...(said !== "" && { note: said }) };
      return [node.node, paint];
    }),
  );
}
