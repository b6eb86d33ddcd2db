/** A workflow's document as the canvas edits it: read from whatever a draft or a version holds, written back without what is empty. */

export type Config = Readonly<Record<string, unknown>>;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphTrigger {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly event_type: string;
  readonly predicate: Config;
  readonly trigger_id: string | null;
  readonly config: Config;
  readonly priority: number;
  readonly stop_others: boolean;
}

export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly action: string;
  readonly action_id: string | null;
  readonly config: Config;
  readonly retry: Config;
  readonly predicate: Config;
  readonly condition_id: string | null;
  /** What only the canvas reads: its place. */
  readonly ui: Config;
}

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly port: string;
}

/** A comment on the canvas. */
export interface GraphNote extends Point {
  readonly id: string;
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

export interface GraphDocument {
  readonly triggers: readonly GraphTrigger[];
  /** The id of the node to begin with; empty: the first one. */
  readonly start: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly policy: Config;
  /** What only the canvas reads: comments, and where triggers stand. */
  readonly ui: Config;
}

const NEXT = "next";
export const ERROR = "error";
/** What a node or trigger is when the document does not say. */
const DEFAULT_NODE = "action";
const DEFAULT_TRIGGER = "event";

export const EMPTY: GraphDocument = { triggers: [], start: "", nodes: [], edges: [], policy: {}, ui: {} };

export function isConfig(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const configOf = (value: unknown): Config => (isConfig(value) ? value : {});
const textOf = (value: unknown, otherwise = ""): string => (typeof value === "string" ? value : otherwise);
const idOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;
const listOf = (value: unknown): Config[] => (Array.isArray(value) ? value.filter(isConfig) : []);

function readNode(raw: Config, number: number): GraphNode {
  return {
    id: textOf(raw.id, `step_${number}`),
    type: textOf(raw.type, DEFAULT_NODE),
    name: textOf(raw.name),
    action: textOf(raw.action),
    action_id: idOf(raw.action_id),
    config: configOf(raw.config),
    retry: configOf(raw.retry),
    predicate: configOf(raw.predicate),
    condition_id: idOf(raw.condition_id),
    ui: configOf(raw.ui),
  };
}

function readTrigger(raw: Config): GraphTrigger {
  return {
    id: textOf(raw.id),
    type: textOf(raw.type, DEFAULT_TRIGGER),
    name: textOf(raw.name),
    event_type: textOf(raw.event_type),
    predicate: configOf(raw.predicate),
    trigger_id: idOf(raw.trigger_id),
    config: configOf(raw.config),
    priority: numberOf(raw.priority, 0),
    stop_others: raw.stop_others === true,
  };
}

/** Triggers without an id are named as the server names them, so that both speak of the same ones. */
function named(triggers: readonly GraphTrigger[]): GraphTrigger[] {
  const taken = new Set(triggers.map((trigger) => trigger.id));
  return triggers.map((trigger, index) => {
    if (trigger.id !== "") return trigger;
    let number = index + 1;
    while (taken.has(`trigger_${number}`)) number += 1;
    taken.add(`trigger_${number}`);
    return { ...trigger, id: `trigger_${number}` };
  });
}

function readEdge(raw: Config): GraphEdge {
  return { source: textOf(raw.source), target: textOf(raw.target), port: textOf(raw.port, NEXT) };
}

/** The document in `raw`. The short form (`actions`, a list of steps) becomes nodes in a row. Nothing is ever refused. */
export function readDocument(raw: unknown): GraphDocument {
  const given = configOf(raw);
  const rest = {
    triggers: named(listOf(given.triggers).map(readTrigger)),
    policy: configOf(given.policy),
    ui: configOf(given.ui),
  };
  if (Array.isArray(given.actions)) {
    const nodes = listOf(given.actions).map((step, index) => readNode(step, index + 1));
    const edges = nodes.slice(1).map((node, index): GraphEdge => {
      return { source: nodes[index]?.id ?? "", target: node.id, port: NEXT };
    });
    return { ...rest, start: nodes[0]?.id ?? "", nodes, edges };
  }
  return {
    ...rest,
    start: textOf(given.start),
    nodes: listOf(given.nodes).map((node, index) => readNode(node, index + 1)),
    edges: listOf(given.edges).map(readEdge),
  };
}

function isEmpty(value: unknown): boolean {
  return (
    value === "" ||
    value === null ||
    value === 0 ||
    value === false ||
    (isConfig(value) && Object.keys(value).length === 0)
  );
}

function compact(part: object, keep: readonly string[]): Config {
  return Object.fromEntries(
    Object.entries(part).filter(([key, value]) => keep.includes(key) || !isEmpty(value)),
  );
}

/** The document as JSON, without what is empty. */
export function writeDocument(document: GraphDocument): Record<string, unknown> {
  return {
    triggers: document.triggers.map((trigger) => compact(trigger, ["id", "type"])),
    start: document.start,
    nodes: document.nodes.map((node) => compact(node, ["id", "type"])),
    edges: document.edges.map((edge) => ({ ...edge })),
    policy: document.policy,
    ui: document.ui,
  };
}

/** The id of the node to begin with; empty in an empty document. */
export function firstOf(document: GraphDocument): string {
  return document.start !== "" ? document.start : (document.nodes[0]?.id ?? "");
}

export function nodeOf(document: GraphDocument, id: string): GraphNode | undefined {
  return document.nodes.find((node) => node.id === id);
}

export function triggerOf(document: GraphDocument, id: string): GraphTrigger | undefined {
  return document.triggers.find((trigger) => trigger.id === id);
}

/** Where something stands on the canvas, if its `ui` says so. */
export function placeOf(ui: unknown): Point | null {
  const { x, y } = configOf(ui);
  return typeof x === "number" && typeof y === "number" ? { x, y } : null;
}

export const NOTE_SIZE = { width: 220, height: 120 } as const;

/** The comments on the canvas. */
export function notesOf(document: GraphDocument): GraphNote[] {
  return listOf(document.ui.notes).map((raw, index) => ({
    id: textOf(raw.id, `note_${index + 1}`),
    text: textOf(raw.text),
    x: numberOf(raw.x, 0),
    y: numberOf(raw.y, 0),
    width: numberOf(raw.width, NOTE_SIZE.width),
    height: numberOf(raw.height, NOTE_SIZE.height),
  }));
}
