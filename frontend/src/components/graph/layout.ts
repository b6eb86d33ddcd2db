/** Where cards stand: sizes, and the automatic layout from top to bottom. */

import { Graph, layout } from "@dagrejs/dagre";

import { blockOf, type Catalogue } from "./catalogue";
import { ERROR, firstOf, placeOf, type GraphDocument, type GraphNode, type Point } from "./document";
import { shownPorts } from "./ports";
import { edgesFrom, reachedFrom } from "./reach";

export const CARD = { width: 268, height: 84 } as const;
const PORT_WIDTH = 116;
const GAP = { x: 44, y: 76 } as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A card is as wide as the labels of its ports need. */
export function sizeOf(document: GraphDocument, node: GraphNode, catalogue: Catalogue): Size {
  const ports = shownPorts(document, node, blockOf(catalogue, node)).filter((port) => port.id !== ERROR);
  return { width: Math.max(CARD.width, ports.length * PORT_WIDTH), height: CARD.height };
}

/** How a trigger is called among the things on the canvas, where nodes have their own ids. */
export const triggerKey = (id: string): string => `trigger:${id}`;
export const noteKey = (id: string): string => `note:${id}`;

/** The id in such a key, or null when it is another sort of key. */
export function idIn(sort: "trigger" | "note", key: string): string | null {
  return key.startsWith(`${sort}:`) ? key.slice(sort.length + 1) : null;
}

/** The upper left corners of all triggers and nodes by their keys, laid out anew. */
export function autoLayout(document: GraphDocument, catalogue: Catalogue): Map<string, Point> {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: GAP.x, ranksep: GAP.y });
  graph.setDefaultEdgeLabel(() => ({}));
  const first = firstOf(document);
  const keys = new Set(document.nodes.map((node) => node.id));
  for (const trigger of document.triggers) graph.setNode(triggerKey(trigger.id), { ...CARD });
  for (const node of document.nodes) graph.setNode(node.id, { ...sizeOf(document, node, catalogue) });
  if (keys.has(first)) for (const trigger of document.triggers) graph.setEdge(triggerKey(trigger.id), first);
  for (const edge of inOrder(document, catalogue))
    if (keys.has(edge.source) && keys.has(edge.target)) graph.setEdge(edge.source, edge.target);
  layout(graph, { constraints: sideBySide(document, catalogue) });
  return new Map(
    graph.nodes().map((key) => {
      const { x, y, width, height } = graph.node(key) as Point & Size;
      return [key, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
    }),
  );
}

/** Steps that only one way leads to stand beside one another in the order of the ports that lead to them. */
function sideBySide(document: GraphDocument, catalogue: Catalogue): { left: string; right: string }[] {
  const edges = inOrder(document, catalogue);
  // What leads back up, as the end of a loop does, has no say in it.
  const isOnly = (id: string): boolean => {
    const after = reachedFrom(document, id);
    return edges.filter((edge) => edge.target === id && !after.has(edge.source)).length === 1;
  };
  return document.nodes.flatMap((node) => {
    const targets = edges
      .filter((edge) => edge.source === node.id)
      .map((edge) => edge.target)
      .filter(isOnly);
    return targets.slice(1).map((right, index) => ({ left: targets[index] ?? right, right }));
  });
}

/** Edges in the order of their ports, so that the first way out tends to be drawn first. */
function inOrder(document: GraphDocument, catalogue: Catalogue) {
  return document.nodes.flatMap((node) =>
    shownPorts(document, node, blockOf(catalogue, node)).flatMap((port) =>
      edgesFrom(document, node.id).filter((edge) => edge.port === port.id),
    ),
  );
}

/** Where everything stands: as the document says, and laid out anew when it does not say so for all nodes. */
export function placesOf(document: GraphDocument, catalogue: Catalogue): Map<string, Point> {
  const placed = new Map<string, Point>();
  for (const node of document.nodes) {
    const place = placeOf(node.ui);
    if (place !== null) placed.set(node.id, place);
  }
  if (placed.size < document.nodes.length || placed.size === 0) return autoLayout(document, catalogue);
  const triggers = triggerPlaces(document);
  const first = placed.get(firstOf(document)) ?? { x: 0, y: 0 };
  const span = CARD.width + GAP.x;
  const left = first.x - ((document.triggers.length - 1) * span) / 2;
  document.triggers.forEach((trigger, index) => {
    const beside = { x: left + index * span, y: first.y - CARD.height - GAP.y };
    placed.set(triggerKey(trigger.id), triggers.get(trigger.id) ?? beside);
  });
  return placed;
}

function triggerPlaces(document: GraphDocument): Map<string, Point> {
  const known = document.ui.triggers;
  if (typeof known !== "object" || known === null) return new Map();
  return new Map(
    Object.entries(known).flatMap(([id, ui]): [string, Point][] => {
      const place = placeOf(ui);
      return place === null ? [] : [[id, place]];
    }),
  );
}

/** How far below a card the next one stands. */
export const STEP_DOWN = CARD.height + GAP.y;
