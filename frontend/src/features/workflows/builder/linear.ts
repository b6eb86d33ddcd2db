/** A graph as a list to be read from top to bottom, for narrow screens: branches below one another, further in. */

import {
  blockOf,
  ERROR,
  firstOf,
  nodeOf,
  portsOf,
  targetOf,
  type Catalogue,
  type GraphDocument,
  type Port,
} from "@/components/graph";

export type Row =
  | { readonly kind: "node"; readonly id: string; readonly depth: number }
  /** A way out of a step with several: what follows it stands below. */
  | { readonly kind: "port"; readonly id: string; readonly port: Port; readonly depth: number }
  /** It goes on at a step that stands elsewhere in the list. */
  | {
      readonly kind: "jump";
      readonly id: string;
      readonly from: string;
      readonly port: string;
      readonly depth: number;
    }
  /** It ends here, and a step can be added. */
  | { readonly kind: "end"; readonly from: string; readonly port: string; readonly depth: number }
  /** What stands below cannot be come to. */
  | { readonly kind: "loose"; readonly depth: 0 };

function byPort(from: string, port: string): { from: string; port: string } {
  return { from, port };
}

/** The rows of a document, every step once. */
export function linearRows(document: GraphDocument, catalogue: Catalogue): Row[] {
  const rows: Row[] = [];
  const seen = new Set<string>();

  function follow(from: string, port: string, depth: number): void {
    const target = targetOf(document, from, port);
    if (target === undefined) rows.push({ kind: "end", ...byPort(from, port), depth });
    else if (seen.has(target)) rows.push({ kind: "jump", id: target, ...byPort(from, port), depth });
    else walk(target, depth);
  }

  function walk(start: string, depth: number): void {
    let at = start;
    for (;;) {
      const node = nodeOf(document, at);
      if (node === undefined) return;
      seen.add(at);
      rows.push({ kind: "node", id: at, depth });
      const all = portsOf(blockOf(catalogue, node), node.config);
      // The way for errors is shown only where something is made of it.
      const ports = all.filter(
        (port) => port.id !== ERROR || targetOf(document, node.id, ERROR) !== undefined,
      );
      const [only] = ports;
      if (ports.length !== 1 || only === undefined) {
        for (const port of ports) {
          rows.push({ kind: "port", id: at, port, depth: depth + 1 });
          follow(at, port.id, depth + 1);
        }
        return;
      }
      const target = targetOf(document, at, only.id);
      if (target === undefined || seen.has(target)) {
        follow(at, only.id, depth);
        return;
      }
      at = target;
    }
  }

  const first = firstOf(document);
  if (first !== "") walk(first, 0);
  for (const node of document.nodes) {
    if (seen.has(node.id)) continue;
    if (!rows.some((row) => row.kind === "loose")) rows.push({ kind: "loose", depth: 0 });
    walk(node.id, 0);
  }
  return rows;
}
