/** Changes of a document, pure and complete: whatever goes in, every edge of the result joins two nodes of it. */

import { blockOf, type Block, type Catalogue } from "./catalogue";
import {
  firstOf,
  isConfig,
  nodeOf,
  type GraphDocument,
  type GraphEdge,
  type GraphNode,
  type Point,
} from "./document";
import { idIn, placesOf, sizeOf, CARD, STEP_DOWN } from "./layout";
import { mainPort, portsOf } from "./ports";
import { reachedFrom } from "./reach";

/** A place at which a step can be put: after a node's port, or (null) at the very beginning. */
export type Spot = { readonly source: string; readonly port: string } | null;

const LONGEST_ID = 59;

/** An id that nothing has yet: the base itself, else with a number. */
export function freeId(taken: ReadonlySet<string>, base: string): string {
  const clean = base
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST_ID - 5);
  const stem = clean === "" ? "step" : clean;
  if (!taken.has(stem)) return stem;
  let number = 2;
  while (taken.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

export const idsOf = (document: GraphDocument): Set<string> => new Set(document.nodes.map((node) => node.id));

/** A new node of a block: with the lists that give it its ports, so that it can be connected at once, and nothing else. */
function nodeFrom(block: Block, id: string, place: Point): GraphNode {
  const { each } = block.rule;
  return {
    id,
    type: block.type,
    name: "",
    action: block.action,
    action_id: null,
    config: each === "" ? {} : { [each]: block.example[each] },
    retry: {},
    predicate: {},
    condition_id: null,
    ui: { x: place.x, y: place.y },
  };
}

/** All places written into the document, so that one change moves nothing else. */
export function withPlaces(document: GraphDocument, places: ReadonlyMap<string, Point>): GraphDocument {
  const triggers: Record<string, Point> = {};
  for (const [key, place] of places) {
    const id = idIn("trigger", key);
    if (id !== null) triggers[id] = place;
  }
  const before = isConfig(document.ui.triggers) ? document.ui.triggers : {};
  return {
    ...document,
    nodes: document.nodes.map((node) => {
      const place = places.get(node.id);
      return place === undefined ? node : { ...node, ui: { ...node.ui, x: place.x, y: place.y } };
    }),
    ui: { ...document.ui, triggers: { ...before, ...triggers } },
  };
}

export const targetOf = (document: GraphDocument, source: string, port: string): string | undefined =>
  document.edges.find((edge) => edge.source === source && edge.port === port)?.target;

/** Lead a port to a node; what it led to before is let go. Nothing leads to itself. */
export function connect(document: GraphDocument, edge: GraphEdge): GraphDocument {
  const ids = idsOf(document);
  if (edge.source === edge.target || !ids.has(edge.source) || !ids.has(edge.target)) return document;
  const others = disconnect(document, edge.source, edge.port).edges;
  return { ...document, edges: [...others, edge] };
}

export function disconnect(document: GraphDocument, source: string, port: string): GraphDocument {
  const edges = document.edges.filter((edge) => edge.source !== source || edge.port !== port);
  return edges.length === document.edges.length ? document : { ...document, edges };
}

/** What the triggers lead to. */
export function startAt(document: GraphDocument, id: string): GraphDocument {
  return idsOf(document).has(id) ? { ...document, start: id } : document;
}

/** Where a new step at a spot stands: below what leads to it, or in place of what it pushes down. */
function placeAt(document: GraphDocument, spot: Spot, catalogue: Catalogue): Point {
  const places = placesOf(document, catalogue);
  if (spot === null) return places.get(firstOf(document)) ?? { x: 0, y: 0 };
  const target = targetOf(document, spot.source, spot.port);
  const led = target === undefined ? undefined : places.get(target);
  const above = places.get(spot.source) ?? { x: 0, y: 0 };
  const source = nodeOf(document, spot.source);
  if (led !== undefined && led.y > above.y) return led;
  if (source === undefined) return { x: above.x, y: above.y + STEP_DOWN };
  const ports = portsOf(blockOf(catalogue, source), source.config);
  const index = Math.max(
    0,
    ports.findIndex((port) => port.id === spot.port),
  );
  const { width } = sizeOf(document, source, catalogue);
  const middle = above.x + (width - CARD.width) / 2;
  // Ways that are still open fan out, so that the steps put there do not lie on one another.
  const fan =
    ports.length > 2 ? (index - (ports.length - 2) / 2) * (CARD.width + 24) : index * (CARD.width + 24);
  return { x: Math.round(middle + fan), y: above.y + STEP_DOWN };
}

/** Put a node at a spot: what came there comes after it now, by its main port. Gives the document and the new node's id. */
export function insertAt(
  document: GraphDocument,
  block: Block,
  spot: Spot,
  catalogue: Catalogue,
): { document: GraphDocument; id: string } {
  const id = freeId(idsOf(document), block.slug);
  const node = nodeFrom(block, id, placeAt(document, spot, catalogue));
  const target = spot === null ? firstOf(document) : targetOf(document, spot.source, spot.port);
  const pushed =
    target === undefined || target === "" ? document : pushDown(document, target, node, catalogue);
  let next: GraphDocument = { ...pushed, nodes: [...pushed.nodes, node] };
  const onwards = mainPort(block, node.config);
  if (target !== undefined && target !== "" && onwards !== undefined)
    next = connect(next, { source: id, target, port: onwards });
  next = spot === null ? { ...next, start: id } : connect(next, { ...spot, target: id });
  return { document: next, id };
}

/** Make room for a new node: what comes after it, and stands in its way, moves down. */
function pushDown(
  document: GraphDocument,
  target: string,
  added: GraphNode,
  catalogue: Catalogue,
): GraphDocument {
  const places = placesOf(document, catalogue);
  const top = Number(added.ui.y);
  const moved = new Map(places);
  for (const id of reachedFrom(document, target)) {
    const place = places.get(id);
    if (place !== undefined && place.y >= top) moved.set(id, { x: place.x, y: place.y + STEP_DOWN });
  }
  return withPlaces(document, moved);
}

/** Put a node somewhere, joined to nothing. The first one of all is where the workflow begins. */
export function addNode(
  document: GraphDocument,
  block: Block,
  place: Point,
  catalogue: Catalogue,
): { document: GraphDocument; id: string } {
  const id = freeId(idsOf(document), block.slug);
  const fixed = withPlaces(document, placesOf(document, catalogue));
  return { document: { ...fixed, nodes: [...fixed.nodes, nodeFrom(block, id, place)] }, id };
}

/** Where each removed node's visitors go instead: on by its main port, past others that are removed too. */
function heirs(document: GraphDocument, gone: ReadonlySet<string>, catalogue: Catalogue) {
  return (id: string): string | undefined => {
    const seen = new Set<string>();
    let at: string | undefined = id;
    while (at !== undefined && gone.has(at) && !seen.has(at)) {
      seen.add(at);
      const node = nodeOf(document, at);
      const port = node === undefined ? undefined : mainPort(blockOf(catalogue, node), node.config);
      at = node === undefined || port === undefined ? undefined : targetOf(document, node.id, port);
    }
    return at === undefined || gone.has(at) ? undefined : at;
  };
}

/** Take nodes out; what led to them leads to what came after them. */
export function removeNodes(
  document: GraphDocument,
  ids: ReadonlySet<string>,
  catalogue: Catalogue,
): GraphDocument {
  const heir = heirs(document, ids, catalogue);
  const edges = document.edges.flatMap((edge): GraphEdge[] => {
    if (ids.has(edge.source)) return [];
    const target = heir(edge.target);
    return target === undefined || target === edge.source ? [] : [{ ...edge, target }];
  });
  const first = firstOf(document);
  const fixed = withPlaces(document, placesOf(document, catalogue));
  const nodes = fixed.nodes.filter((node) => !ids.has(node.id));
  const start = heir(first) ?? nodes[0]?.id ?? "";
  return { ...fixed, nodes, edges, start };
}

/** Change a node. Edges of ports that are called otherwise now follow them; those of ports that are gone go too. */
export function patchNode(
  document: GraphDocument,
  id: string,
  patch: Partial<Omit<GraphNode, "id">>,
  catalogue: Catalogue,
): GraphDocument {
  const before = nodeOf(document, id);
  if (before === undefined) return document;
  const after = { ...before, ...patch };
  const nodes = document.nodes.map((node) => (node.id === id ? after : node));
  const [had, has] = [before, after].map((node) =>
    portsOf(blockOf(catalogue, node), node.config).map((port) => port.id),
  );
  if (had === undefined || has === undefined || had.join("\n") === has.join("\n"))
    return { ...document, nodes };
  const edges = document.edges.flatMap((edge): GraphEdge[] => {
    if (edge.source !== id || has.includes(edge.port) || !had.includes(edge.port)) return [edge];
    const renamed = had.length === has.length ? has[had.indexOf(edge.port)] : undefined;
    return renamed === undefined || had.includes(renamed) ? [] : [{ ...edge, port: renamed }];
  });
  return { ...document, nodes, edges };
}
