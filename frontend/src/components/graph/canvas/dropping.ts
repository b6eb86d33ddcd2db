/** Which line lies under a dropped block, so that the block can be put into it. */

import type { Spot } from "../edits";
import type { FlowEdge } from "../flow";

/** The spot of the line at the pointer; undefined where there is none. */
export function spotUnder(
  { clientX, clientY }: { clientX: number; clientY: number },
  edges: readonly FlowEdge[],
): Spot | undefined {
  const id = document
    .elementsFromPoint(clientX, clientY)
    .map((element) => element.closest(".react-flow__edge")?.getAttribute("data-id"))
    .find((each) => each !== null && each !== undefined);
  const data = edges.find((edge) => edge.id === id)?.data;
  if (data === undefined) return undefined;
  return data.source === "" ? null : { source: data.source, port: data.port };
}
