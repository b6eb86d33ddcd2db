/** A document as the drawing library wants it: what each card shows, and which lines join them. */

import type { Edge, Node } from "@xyflow/react";

import { blockOf, type Catalogue, type Effect } from "./catalogue";
import {
  ERROR,
  firstOf,
  nodeOf,
  notesOf,
  type GraphDocument,
  type GraphNode,
  type GraphTrigger,
  type Point,
} from "./document";
import { CARD, noteKey, placesOf, sizeOf, triggerKey } from "./layout";
import { shownPorts } from "./ports";
import { edgesFrom } from "./reach";
import { needsSettings, nodeSummary, triggerSummary } from "./summary";
import type { GraphWords } from "./words";

/** How a card is marked. */
export type PaintState =
  "done" | "running" | "waiting" | "failed" | "skipped" | "added" | "changed" | "removed" | "neutral";

export interface Paint {
  readonly state: PaintState;
  readonly count?: number;
  /** A few words under the card. */
  readonly note?: string;
}

/** By the id of the node. */
export type Paints = Readonly<Record<string, Paint>>;

export interface CardPort {
  readonly id: string;
  readonly label: string;
  readonly isError: boolean;
  readonly isConnected: boolean;
  /** Where on the card's lower edge, from 0 to 1, in the reader's direction. */
  readonly at: number;
}

type CardData = {
  readonly title: string;
  /** What sort of step it is, where the title does not say so. */
  readonly kind: string;
  readonly summary: string;
  readonly category: string;
  readonly icon: string;
  readonly effect: Effect | null;
  readonly ports: readonly CardPort[];
  readonly problems: number;
  readonly paint: Paint | null;
  readonly isTrigger: boolean;
  readonly isKnown: boolean;
};
type NoteData = { readonly text: string };
type LinkData = {
  /** Whether it was gone along; null when nobody asks. */
  readonly taken: boolean | null;
  readonly isError: boolean;
  /** Empty for the lines from triggers. */
  readonly source: string;
  readonly port: string;
};

export type CardNode = Node<CardData, "card">;
export type NoteNode = Node<NoteData, "note">;
export type FlowNode = CardNode | NoteNode;
export type FlowEdge = Edge<LinkData, "link">;

export interface FlowOptions {
  readonly catalogue: Catalogue;
  readonly words: GraphWords;
  readonly rtl: boolean;
  readonly paint?: Paints | undefined;
  /** The edges that were gone along, as `source:port`; left out, nothing is told about them. */
  readonly taken?: ReadonlySet<string> | undefined;
  /** How many problems each node and each trigger has, by the key of its card. */
  readonly problems?: ReadonlyMap<string, number> | undefined;
  readonly editable: boolean;
}

/** The upper left corner on the screen: in a language from right to left the drawing is mirrored. */
export function mirrored(place: Point, width: number, rtl: boolean): Point {
  return rtl ? { x: -place.x - width, y: place.y } : place;
}

const OUT_OF_THE_WAY = 0.93;

function cardPorts(document: GraphDocument, id: string, options: FlowOptions): CardPort[] {
  const node = nodeOf(document, id);
  if (node === undefined) return [];
  const ports = shownPorts(document, node, blockOf(options.catalogue, node));
  const connected = new Set(edgesFrom(document, id).map((edge) => edge.port));
  const main = ports.filter((port) => port.id !== ERROR);
  return ports
    .filter((port) => options.editable || port.id !== ERROR || connected.has(port.id))
    .map((port) => ({
      id: port.id,
      label: main.length === 1 && port.id !== ERROR ? "" : options.words.port(port),
      isError: port.id === ERROR,
      isConnected: connected.has(port.id),
      at: port.id === ERROR ? OUT_OF_THE_WAY : (main.indexOf(port) + 1) / (main.length + 1),
    }));
}

/** What people call a trigger: its own name, else the event that it waits for, else its type. */
export function triggerTitle(trigger: GraphTrigger, words: GraphWords): string {
  if (trigger.name !== "") return trigger.name;
  return trigger.event_type === "" ? words.trigger(trigger.type) : words.event(trigger.event_type);
}

/** What people call a step: its own name, else what it does. */
export function nodeTitle(node: GraphNode, catalogue: Catalogue, words: GraphWords): string {
  if (node.name !== "") return node.name;
  const block = blockOf(catalogue, node);
  return block === undefined ? node.action || node.type : words.label(block);
}

function triggerNodes(document: GraphDocument, places: ReadonlyMap<string, Point>, options: FlowOptions) {
  const { words, catalogue } = options;
  return document.triggers.map((trigger): CardNode => {
    const key = triggerKey(trigger.id);
    const kind = words.trigger(trigger.type);
    const title = triggerTitle(trigger, words);
    const told = triggerSummary(trigger, catalogue, words);
    const summary = told === "" && trigger.event_type !== "" ? words.always : told;
    return {
      id: key,
      type: "card",
      position: mirrored(places.get(key) ?? { x: 0, y: 0 }, CARD.width, options.rtl),
      width: CARD.width,
      height: CARD.height,
      ariaLabel: [title, summary].filter(Boolean).join(", "),
      data: {
        title,
        kind: title === kind ? "" : kind,
        summary,
        category: "trigger",
        icon: catalogue.triggers.find((each) => each.slug === trigger.type)?.icon ?? "",
        effect: null,
        ports: [{ id: "next", label: "", isError: false, isConnected: document.nodes.length > 0, at: 0.5 }],
        problems: options.problems?.get(key) ?? 0,
        paint: null,
        isTrigger: true,
        isKnown: catalogue.triggers.some((each) => each.slug === trigger.type),
      },
    };
  });
}

function stepNodes(document: GraphDocument, places: ReadonlyMap<string, Point>, options: FlowOptions) {
  const { words, catalogue } = options;
  return document.nodes.map((node): CardNode => {
    const block = blockOf(catalogue, node);
    const kind = block === undefined ? node.action || node.type : words.label(block);
    const title = nodeTitle(node, catalogue, words);
    const told = nodeSummary(node, block, catalogue, words);
    // What needs no settings is told by what it does.
    const summary =
      told === "" && block !== undefined && !needsSettings(block) ? words.description(block) : told;
    const { width, height } = sizeOf(document, node, catalogue);
    return {
      id: node.id,
      type: "card",
      position: mirrored(places.get(node.id) ?? { x: 0, y: 0 }, width, options.rtl),
      width,
      height,
      ariaLabel: [title, node.name !== "" ? kind : "", summary].filter(Boolean).join(", "),
      data: {
        title,
        kind: node.name !== "" ? kind : "",
        summary,
        category: block?.category ?? "",
        icon: block?.icon ?? "",
        effect: block?.effect ?? null,
        ports: cardPorts(document, node.id, options),
        problems: options.problems?.get(node.id) ?? 0,
        paint: options.paint?.[node.id] ?? null,
        isTrigger: false,
        isKnown: block !== undefined || node.action_id !== null,
      },
    };
  });
}

function noteNodes(document: GraphDocument, options: FlowOptions): NoteNode[] {
  return notesOf(document).map((note) => ({
    id: noteKey(note.id),
    type: "note",
    position: mirrored(note, note.width, options.rtl),
    width: note.width,
    height: note.height,
    zIndex: -1,
    data: { text: note.text },
  }));
}

function links(document: GraphDocument, options: FlowOptions): FlowEdge[] {
  const ids = new Set(document.nodes.map((node) => node.id));
  const first = firstOf(document);
  const starts = ids.has(first)
    ? document.triggers.map((trigger) => ({ source: triggerKey(trigger.id), target: first, port: "next" }))
    : [];
  const known = document.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const begun = options.paint?.[first] !== undefined;
  return [...starts, ...known].map((edge, index) => {
    const isStart = index < starts.length;
    const taken = options.taken === undefined ? null : options.taken.has(`${edge.source}:${edge.port}`);
    return {
      id: `${edge.source}:${edge.port}`,
      type: "link",
      source: edge.source,
      sourceHandle: edge.port,
      target: edge.target,
      targetHandle: "in",
      data: {
        taken: isStart && taken !== null ? begun : taken,
        isError: edge.port === ERROR,
        source: isStart ? "" : edge.source,
        port: edge.port,
      },
    };
  });
}

/** The cards, comments and lines of a document. */
export function toFlow(
  document: GraphDocument,
  options: FlowOptions,
): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const places = placesOf(document, options.catalogue);
  return {
    nodes: [
      ...noteNodes(document, options),
      ...triggerNodes(document, places, options),
      ...stepNodes(document, places, options),
    ],
    edges: links(document, options),
  };
}
