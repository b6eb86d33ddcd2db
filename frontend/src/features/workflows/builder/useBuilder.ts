/** The builder's state and everything that can be done in it, for all its parts. */

import { useQuery, keepPreviousData } from "@tanstack/react-query";
import { createContext, use, useMemo, useState } from "react";

import {
  addNode,
  addNote,
  addTrigger,
  autoLayout,
  idIn,
  insertAt,
  nodeOf,
  noteKey,
  notesOf,
  NOTE_SIZE,
  placeProblems,
  placesOf,
  portsOf,
  blockOf,
  removeNodes,
  removeNotes,
  removeTriggers,
  targetOf,
  triggerKey,
  useGraphWords,
  withPlaces,
  ERROR,
  type Block,
  type Catalogue,
  type GraphDocument,
  type GraphWords,
  type PlacedProblem,
  type Point,
  type Spot,
  type TriggerBlock,
} from "@/components/graph";
import { api, call } from "@/lib/api";
import { useCan } from "@/lib/session";

import { WORKFLOWS, type Workflow } from "../queries";
import { useDraft, type Draft } from "./useDraft";

/** What stands beside the canvas. */
export type Dock =
  | { readonly kind: "palette"; readonly spot: Spot | undefined }
  /** `focus`: the keys go into it, to the field if one is named. */
  | { readonly kind: "card"; readonly field: string; readonly focus: boolean }
  | { readonly kind: "settings"; readonly field: string }
  | { readonly kind: "problems" }
  | { readonly kind: "none" };

export interface Builder {
  readonly workflow: Workflow;
  readonly catalogue: Catalogue;
  readonly words: GraphWords;
  readonly draft: Draft;
  readonly document: GraphDocument;
  readonly readOnly: boolean;
  /** The keys of the chosen cards. */
  readonly selection: ReadonlySet<string>;
  /** The key of the only chosen card. */
  readonly chosen: string | null;
  readonly select: (keys: ReadonlySet<string>) => void;
  readonly dock: Dock;
  readonly show: (dock: Dock) => void;
  /** Choose a card and show its settings, at a field if one is named. */
  readonly open: (key: string, field?: string) => void;
  readonly problems: readonly PlacedProblem[];
  readonly isChecking: boolean;
  readonly change: Draft["change"];
  readonly insert: (block: Block, spot: Spot | undefined) => void;
  readonly drop: (block: Block, place: Point) => void;
  readonly addTrigger: (block: TriggerBlock, eventType?: string) => void;
  readonly addComment: (place?: Point) => void;
  readonly remove: (keys: ReadonlySet<string>) => void;
  readonly arrange: () => void;
}

export const BuilderContext = createContext<Builder | null>(null);

/** The builder around this part of it. */
export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (builder === null) throw new Error("There is no builder around this.");
  return builder;
}

function useProblems(workflow: Workflow, draft: Draft) {
  const { id } = workflow;
  const query = useQuery({
    queryKey: [...WORKFLOWS, id, "problems", draft.revision],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflows/{id}/problems/", { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
  });
  const told = query.data?.problems;
  const problems = useMemo(() => placeProblems(draft.document, told ?? []), [draft.document, told]);
  return { problems, isChecking: query.isPending };
}

/** The first way out of a card that leads nowhere yet, else the main one: where the next step goes. */
function spotAfter(document: GraphDocument, catalogue: Catalogue, key: string | null): Spot | undefined {
  if (key === null) return undefined;
  if (idIn("trigger", key) !== null) return null;
  const node = nodeOf(document, key);
  if (node === undefined) return undefined;
  const ports = portsOf(blockOf(catalogue, node), node.config).filter((port) => port.id !== ERROR);
  const free = ports.find((port) => targetOf(document, key, port.id) === undefined) ?? ports[0];
  return free === undefined ? undefined : { source: key, port: free.id };
}

/** Where something that nothing leads to is put: below everything. */
function belowAll(document: GraphDocument, catalogue: Catalogue): Point {
  const places = [...placesOf(document, catalogue).values()];
  if (places.length === 0) return { x: 0, y: 0 };
  return {
    x: Math.min(...places.map((place) => place.x)),
    y: Math.max(...places.map((place) => place.y)) + 160,
  };
}

/** Where a comment is put: beside everything, below the comments that stand there already. */
function besideAll(document: GraphDocument, catalogue: Catalogue): Point {
  const places = [...placesOf(document, catalogue).values()];
  const notes = notesOf(document);
  const left = Math.min(0, ...places.map((place) => place.x)) - NOTE_SIZE.width - 40;
  const top = Math.min(...places.map((place) => place.y), Infinity);
  const lowest = notes.filter((note) => note.x === left).map((note) => note.y + note.height + 20);
  return { x: left, y: Math.max(Number.isFinite(top) ? top : 0, ...lowest) };
}

export function useBuilding(workflow: Workflow, catalogue: Catalogue): Builder {
  const readOnly = !useCan("workflow:write");
  const draft = useDraft(workflow, catalogue, !readOnly);
  const words = useGraphWords(catalogue);
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const [dock, show] = useState<Dock>({ kind: "none" });
  const { problems, isChecking } = useProblems(workflow, draft);
  const { document } = draft;
  const [chosen = null] = selection.size === 1 ? selection : [];

  function select(keys: ReadonlySet<string>): void {
    setSelection(keys);
    const [only] = keys;
    const isCard = keys.size === 1 && only !== undefined && idIn("note", only) === null;
    if (isCard) show({ kind: "card", field: "", focus: false });
    // What a click has just opened stays, although the same click chooses nothing.
    else show((now) => (now.kind === "card" ? { kind: "none" } : now));
  }

  function open(key: string, field = ""): void {
    setSelection(new Set([key]));
    show({ kind: "card", field, focus: true });
  }

  function added(made: { document: GraphDocument; id: string }, key = made.id): void {
    draft.change(made.document);
    open(key);
  }

  return {
    workflow,
    catalogue,
    words,
    draft,
    document,
    readOnly,
    selection,
    chosen,
    select,
    dock,
    show,
    open,
    problems,
    isChecking,
    change: draft.change,
    insert: (block, spot) => {
      const after = spot === undefined ? spotAfter(document, catalogue, chosen) : spot;
      if (after !== undefined) added(insertAt(document, block, after, catalogue));
      else if (document.nodes.length === 0) added(insertAt(document, block, null, catalogue));
      else added(addNode(document, block, belowAll(document, catalogue), catalogue));
    },
    drop: (block, place) => added(addNode(document, block, place, catalogue)),
    addTrigger: (block, eventType) => {
      const made = addTrigger(document, block, eventType);
      added(made, triggerKey(made.id));
    },
    addComment: (place = besideAll(document, catalogue)) => {
      const made = addNote(document, place);
      draft.change(made.document);
      setSelection(new Set([noteKey(made.id)]));
    },
    remove: (keys) => {
      const of = (sort: "trigger" | "note"): Set<string> =>
        new Set([...keys].flatMap((key) => idIn(sort, key) ?? []));
      let next = removeTriggers(removeNotes(document, of("note")), of("trigger"));
      if ([...keys].some((key) => nodeOf(document, key) !== undefined))
        next = removeNodes(next, keys, catalogue);
      draft.change(next);
      select(new Set());
    },
    arrange: () => draft.change(withPlaces(document, autoLayout(document, catalogue))),
  };
}
