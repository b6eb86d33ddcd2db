/** The way that a line takes from a port down to the next card, or back up around the cards between them. */

import { getSmoothStepPath, type EdgeProps } from "@xyflow/react";

import { CARD } from "../layout";

const RADIUS = 14;
const STEM = 26;
/** How far beside the cards a line goes back up. */
const BESIDE = CARD.width / 2 + 34;

type Ends = Pick<
  EdgeProps,
  "sourceX" | "sourceY" | "targetX" | "targetY" | "sourcePosition" | "targetPosition"
>;

/** The SVG path, and the middle of its longest part. */
export function pathOf(ends: Ends, rtl: boolean): readonly [path: string, x: number, y: number] {
  const { sourceX, sourceY, targetX, targetY } = ends;
  if (targetY > sourceY) {
    const [path, x, y] = getSmoothStepPath({ ...ends, borderRadius: RADIUS, offset: STEM });
    return [path, x, y];
  }
  const side = rtl ? Math.max(sourceX, targetX) + BESIDE : Math.min(sourceX, targetX) - BESIDE;
  const [down, up] = [sourceY + STEM, targetY - STEM];
  // Which way the corners turn: out to the side, then back in.
  const out = Math.sign(side - sourceX) * RADIUS;
  const back = Math.sign(targetX - side) * RADIUS;
  const path = [
    `M${sourceX},${sourceY}`,
    `L${sourceX},${down - RADIUS}`,
    `Q${sourceX},${down} ${sourceX + out},${down}`,
    `L${side - out},${down}`,
    `Q${side},${down} ${side},${down - RADIUS}`,
    `L${side},${up + RADIUS}`,
    `Q${side},${up} ${side + back},${up}`,
    `L${targetX - back},${up}`,
    `Q${targetX},${up} ${targetX},${up + RADIUS}`,
    `L${targetX},${targetY}`,
  ].join(" ");
  return [path, side, (down + up) / 2];
}
