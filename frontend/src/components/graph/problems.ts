/** Where a problem that the server tells lies: at which step, trigger or setting, and in which of its fields. */

import type { FieldErrors, Schema } from "@/lib/api";

import type { GraphDocument } from "./document";

export type Problem = Schema<"Problem">;

export interface Place {
  readonly kind: "node" | "trigger" | "policy" | "workflow";
  /** The id of the node or trigger. */
  readonly id: string;
  /** The dotted path of the field below it; empty for the whole. */
  readonly field: string;
}

export interface PlacedProblem extends Place {
  readonly message: string;
}

type Finder = (rest: readonly string[], document: GraphDocument) => Place;

const WORKFLOW: Place = { kind: "workflow", id: "", field: "" };

const BY_ROOT: Readonly<Record<string, Finder>> = {
  triggers: ([index, ...rest], { triggers }) => {
    const trigger = triggers[Number(index)];
    return trigger === undefined ? WORKFLOW : { kind: "trigger", id: trigger.id, field: rest.join(".") };
  },
  nodes: ([index, ...rest], { nodes }) => {
    const node = nodes[Number(index)];
    return node === undefined ? WORKFLOW : { kind: "node", id: node.id, field: rest.join(".") };
  },
  edges: ([index], { edges }) => {
    const edge = edges[Number(index)];
    return edge === undefined ? WORKFLOW : { kind: "node", id: edge.source, field: "" };
  },
  policy: (rest) => ({ kind: "policy", id: "", field: rest.join(".") }),
};

/** A JSON pointer (`/triggers/0/event_type`) or a node's id with the path in its config (`greet/text`) as a place. */
export function placeIn(document: GraphDocument, pointer: string): Place {
  const parts = pointer.split("/").filter((part) => part !== "");
  const [root = "", ...rest] = parts;
  if (pointer.startsWith("/")) return BY_ROOT[root]?.(rest, document) ?? WORKFLOW;
  if (document.nodes.some((node) => node.id === root))
    return { kind: "node", id: root, field: rest.join(".") };
  return WORKFLOW;
}

export function placeProblems(document: GraphDocument, problems: readonly Problem[]): PlacedProblem[] {
  return problems.map(({ place, message }) => ({ ...placeIn(document, place), message }));
}

/** The messages of one step, trigger or setting by field, as forms want them. */
export function fieldErrors(problems: readonly PlacedProblem[]): FieldErrors {
  const errors: Record<string, string[]> = {};
  for (const { field, message } of problems) (errors[field] ??= []).push(message);
  return errors;
}

/** How many problems each node and trigger has, by its id. */
export function countByPlace(problems: readonly PlacedProblem[], kind: Place["kind"]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const problem of problems)
    if (problem.kind === kind) counts.set(problem.id, (counts.get(problem.id) ?? 0) + 1);
  return counts;
}
