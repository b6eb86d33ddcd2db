/** Changes of what stands around the steps: triggers, comments, and where things stand. */

import type { Catalogue, TriggerBlock } from "./catalogue";
import {
  NOTE_SIZE,
  notesOf,
  type GraphDocument,
  type GraphNote,
  type GraphTrigger,
  type Point,
} from "./document";
import { freeId, withPlaces } from "./edits";
import { idIn, placesOf } from "./layout";

/** Add a trigger. Gives the document and the new trigger's id. */
export function addTrigger(
  document: GraphDocument,
  block: Pick<TriggerBlock, "slug">,
  eventType = "",
): { document: GraphDocument; id: string } {
  const id = freeId(new Set(document.triggers.map((each) => each.id)), block.slug);
  const trigger: GraphTrigger = {
    id,
    type: block.slug,
    name: "",
    event_type: eventType,
    predicate: {},
    trigger_id: null,
    config: {},
    priority: 0,
    stop_others: false,
  };
  return { document: { ...document, triggers: [...document.triggers, trigger] }, id };
}

export function patchTrigger(
  document: GraphDocument,
  id: string,
  patch: Partial<Omit<GraphTrigger, "id">>,
): GraphDocument {
  const triggers = document.triggers.map((each) => (each.id === id ? { ...each, ...patch } : each));
  return { ...document, triggers };
}

export function removeTriggers(document: GraphDocument, ids: ReadonlySet<string>): GraphDocument {
  return { ...document, triggers: document.triggers.filter((each) => !ids.has(each.id)) };
}

const withNotes = (document: GraphDocument, notes: readonly GraphNote[]): GraphDocument => ({
  ...document,
  ui: { ...document.ui, notes },
});

/** Put a comment somewhere. Gives the document and the new comment's id. */
export function addNote(
  document: GraphDocument,
  place: Point,
  text = "",
): { document: GraphDocument; id: string } {
  const notes = notesOf(document);
  const id = freeId(new Set(notes.map((note) => note.id)), "note");
  return { document: withNotes(document, [...notes, { id, text, ...NOTE_SIZE, ...place }]), id };
}

export function patchNote(
  document: GraphDocument,
  id: string,
  patch: Partial<Omit<GraphNote, "id">>,
): GraphDocument {
  return withNotes(
    document,
    notesOf(document).map((note) => (note.id === id ? { ...note, ...patch } : note)),
  );
}

export function removeNotes(document: GraphDocument, ids: ReadonlySet<string>): GraphDocument {
  return withNotes(
    document,
    notesOf(document).filter((note) => !ids.has(note.id)),
  );
}

/** Move things on the canvas, by their keys there. All others stay where they are now. */
export function movePlaces(
  document: GraphDocument,
  moved: ReadonlyMap<string, Point>,
  catalogue: Catalogue,
): GraphDocument {
  const notes = notesOf(document).map((note) => {
    const place = [...moved].find(([key]) => idIn("note", key) === note.id)?.[1];
    return place === undefined ? note : { ...note, ...place };
  });
  const next = withPlaces(document, new Map([...placesOf(document, catalogue), ...moved]));
  return notes.length === 0 ? next : withNotes(next, notes);
}
