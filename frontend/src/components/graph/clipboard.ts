/** Copied steps as text, so that they can be pasted into another workflow, another window, or a message. */

import {
  EMPTY,
  notesOf,
  readDocument,
  writeDocument,
  type GraphDocument,
  type GraphNode,
  type Point,
} from "./document";
import { freeId, idsOf, withPlaces } from "./edits";
import { placesOf } from "./layout";
import type { Catalogue } from "./catalogue";

/** How our own text is told from any other on the clipboard. */
const MARK = "wasl/workflow-steps";

/** Some of a document's steps and comments with the edges between them. */
export type Fragment = Pick<GraphDocument, "nodes" | "edges" | "ui">;

export function fragmentOf(
  document: GraphDocument,
  ids: ReadonlySet<string>,
  noteIds: ReadonlySet<string>,
  catalogue: Catalogue,
): Fragment {
  const placed = withPlaces(document, placesOf(document, catalogue));
  return {
    nodes: placed.nodes.filter((node) => ids.has(node.id)),
    edges: placed.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
    ui: { notes: notesOf(document).filter((note) => noteIds.has(note.id)) },
  };
}

export function writeFragment(fragment: Fragment): string {
  const { nodes, edges, ui } = writeDocument({ ...EMPTY, ...fragment });
  return JSON.stringify({ kind: MARK, nodes, edges, ui }, null, 2);
}

/** The steps in a text, or null when there are none. */
export function readFragment(text: string): Fragment | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof raw !== "object" || raw === null || !("kind" in raw) || raw.kind !== MARK) return null;
  const document = readDocument(raw);
  if (document.nodes.length === 0 && notesOf(document).length === 0) return null;
  return document;
}

/** `value` with `steps.<old>` named by the new ids, wherever text in it names an earlier step. */
function renamed(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string")
    return value.replace(/\bsteps\.([a-z][a-z0-9_-]*)/g, (whole, id: string) => {
      const now = ids.get(id);
      return now === undefined ? whole : `steps.${now}`;
    });
  if (Array.isArray(value)) return value.map((item) => renamed(item, ids));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, ids)]));
  return value;
}

/** Paste steps beside where they stood, or at a place. Gives the document and the new steps' and comments' ids. */
export function paste(
  document: GraphDocument,
  fragment: Fragment,
  catalogue: Catalogue,
  at?: Point,
): { document: GraphDocument; ids: readonly string[]; noteIds: readonly string[] } {
  const taken = idsOf(document);
  const ids = new Map<string, string>();
  for (const node of fragment.nodes) {
    const id = freeId(taken, node.id.replace(/_\d+$/, ""));
    taken.add(id);
    ids.set(node.id, id);
  }
  const shift = shiftOf(fragment, at);
  const nodes = fragment.nodes.map((node) => {
    const { x, y } = node.ui;
    const place = { x: Number(x ?? 0) + shift.x, y: Number(y ?? 0) + shift.y };
    // Only texts in the config and the predicate change, so the node keeps its shape.
    const copy = renamed({ config: node.config, predicate: node.predicate }, ids) as Pick<
      GraphNode,
      "config" | "predicate"
    >;
    return { ...node, ...copy, id: ids.get(node.id) ?? node.id, ui: { ...node.ui, ...place } };
  });
  const edges = fragment.edges.map((edge) => ({
    ...edge,
    source: ids.get(edge.source) ?? edge.source,
    target: ids.get(edge.target) ?? edge.target,
  }));
  const notes = notesOf(document);
  const takenNotes = new Set(notes.map((note) => note.id));
  const added = notesOf({ ...EMPTY, ...fragment }).map((note) => {
    const id = freeId(takenNotes, "note");
    takenNotes.add(id);
    return { ...note, id, x: note.x + shift.x, y: note.y + shift.y };
  });
  const fixed = withPlaces(document, placesOf(document, catalogue));
  return {
    document: {
      ...fixed,
      nodes: [...fixed.nodes, ...nodes],
      edges: [...fixed.edges, ...edges],
      ui: added.length === 0 ? fixed.ui : { ...fixed.ui, notes: [...notes, ...added] },
    },
    ids: nodes.map((node) => node.id),
    noteIds: added.map((note) => note.id),
  };
}

function shiftOf(fragment: Fragment, at: Point | undefined): Point {
  if (at === undefined) return { x: 40, y: 40 };
  const corners = [...fragment.nodes.map((node) => node.ui), ...notesOf({ ...EMPTY, ...fragment })];
  const least = (axis: "x" | "y"): number => Math.min(...corners.map((corner) => Number(corner[axis] ?? 0)));
  return { x: at.x - least("x"), y: at.y - least("y") };
}
