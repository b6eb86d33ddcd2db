/** What differs between two states of one draft, told by card: for the choice between mine and theirs. */

import { notesOf, triggerKey, writeDocument, type GraphDocument } from "@/components/graph";

type Difference = "added" | "removed" | "changed";

export interface Differing {
  /** The card's key; empty for what belongs to the workflow as a whole. */
  readonly key: string;
  readonly what: "node" | "trigger" | "edges" | "policy" | "notes";
  readonly difference: Difference;
  /** The side on which it is to be seen. */
  readonly document: GraphDocument;
}

const json = (value: unknown): string => JSON.stringify(value);

interface Part {
  readonly id: string;
}

function parts(
  mine: GraphDocument,
  theirs: GraphDocument,
  what: "node" | "trigger",
  pick: (document: GraphDocument) => readonly Part[],
  key: (id: string) => string,
): Differing[] {
  const [had, has] = [theirs, mine].map((document) => new Map(pick(document).map((part) => [part.id, part])));
  if (had === undefined || has === undefined) return [];
  const found: Differing[] = [];
  for (const [id, part] of has) {
    const before = had.get(id);
    if (before === undefined) found.push({ key: key(id), what, difference: "added", document: mine });
    else if (json({ ...part, ui: null }) !== json({ ...before, ui: null }))
      found.push({ key: key(id), what, difference: "changed", document: mine });
  }
  for (const id of had.keys())
    if (!has.has(id)) found.push({ key: key(id), what, difference: "removed", document: theirs });
  return found;
}

/** What mine has otherwise than theirs. Where cards stand does not count. */
export function compare(mine: GraphDocument, theirs: GraphDocument): Differing[] {
  const lines = (document: GraphDocument): string =>
    json([
      document.start,
      ...document.edges.map((edge) => `${edge.source}:${edge.port}>${edge.target}`).sort(),
    ]);
  const wholes = [
    ["edges", lines(mine) !== lines(theirs)],
    ["policy", json(writeDocument(mine).policy) !== json(writeDocument(theirs).policy)],
    ["notes", json(notesOf(mine)) !== json(notesOf(theirs))],
  ] as const;
  return [
    ...parts(mine, theirs, "trigger", (document) => document.triggers, triggerKey),
    ...parts(
      mine,
      theirs,
      "node",
      (document) => document.nodes,
      (id) => id,
    ),
    ...wholes
      .filter(([, differs]) => differs)
      .map(([what]): Differing => ({ key: "", what, difference: "changed", document: mine })),
  ];
}
