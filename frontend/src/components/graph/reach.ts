/** Which steps can be come to from which. */

import type { GraphDocument } from "./document";

/** Every node that can be come to from `id`, itself included. */
export function reachedFrom(document: GraphDocument, id: string): Set<string> {
  const reached = new Set<string>();
  const todo = [id];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    todo.push(...document.edges.filter((edge) => edge.source === at).map((edge) => edge.target));
  }
  return reached;
}
