/** Which steps can be come to from which. */

import type { GraphDocument, GraphEdge } from "./document";

/** Documents are never changed in place, so what was found for one list of edges holds for ever. */
const bySource = new WeakMap<readonly GraphEdge[], ReadonlyMap<string, readonly GraphEdge[]>>();

/** The edges that leave a step. */
export function edgesFrom({ edges }: GraphDocument, id: string): readonly GraphEdge[] {
  let found = bySource.get(edges);
  if (found === undefined) {
    found = Map.groupBy(edges, (edge) => edge.source);
    bySource.set(edges, found);
  }
  return found.get(id) ?? [];
}

/** Every node that can be come to from `id`, itself included. */
export function reachedFrom(document: GraphDocument, id: string): Set<string> {
  const reached = new Set<string>();
  const todo = [id];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    todo.push(...edgesFrom(document, at).map((edge) => edge.target));
  }
  return reached;
}
