/** Which card comes next when somebody walks the graph with the arrow keys. */

import type { FlowEdge } from "./flow";
import type { Point } from "./document";
import type { Size } from "./layout";

export type Direction = "up" | "down" | "left" | "right";

export interface Card extends Point, Size {
  readonly id: string;
}

const middle = (card: Card): Point => ({ x: card.x + card.width / 2, y: card.y + card.height / 2 });

const AHEAD: Readonly<
  Record<Direction, (from: Point, to: Point) => readonly [along: number, aside: number]>
> = {
  up: (from, to) => [from.y - to.y, Math.abs(from.x - to.x)],
  down: (from, to) => [to.y - from.y, Math.abs(from.x - to.x)],
  left: (from, to) => [from.x - to.x, Math.abs(from.y - to.y)],
  right: (from, to) => [to.x - from.x, Math.abs(from.y - to.y)],
};

/** What the lines lead to from here, or come from; only for the directions in which they run. */
const ALONG: Readonly<Record<Direction, (edges: readonly FlowEdge[], id: string) => readonly string[]>> = {
  down: (edges, id) => edges.filter((edge) => edge.source === id).map((edge) => edge.target),
  up: (edges, id) => edges.filter((edge) => edge.target === id).map((edge) => edge.source),
  left: () => [],
  right: () => [],
};

/** The next card from `id`: along a line where there is one, else the nearest in that direction; null at the rim. */
export function neighbour(
  cards: readonly Card[],
  edges: readonly FlowEdge[],
  id: string,
  direction: Direction,
): string | null {
  const from = cards.find((card) => card.id === id);
  if (from === undefined) return cards[0]?.id ?? null;
  const joined = ALONG[direction](edges, id);
  const near = (candidates: readonly Card[]): string | null => {
    const ranked = candidates
      .filter((card) => card.id !== id)
      .map((card) => ({ id: card.id, to: AHEAD[direction](middle(from), middle(card)) }))
      .filter(({ to: [along] }) => along > 8)
      .sort((a, b) => a.to[0] + 2 * a.to[1] - (b.to[0] + 2 * b.to[1]));
    return ranked[0]?.id ?? null;
  };
  return near(cards.filter((card) => joined.includes(card.id))) ?? near(cards);
}
