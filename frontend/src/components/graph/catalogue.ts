/** What workflows can be made of, as the server's catalogue tells it: one block for each action and each other sort of node. */

import type { Schema } from "@/lib/api";

import type { Config, GraphNode } from "./document";

export type Effect = Schema<"ActionType">["effect"];
type PortRule = Schema<"PortRule">;
export type TriggerBlock = Schema<"TriggerType">;

/** Something that can be put on the canvas. */
export interface Block {
  /** Unique among all blocks. */
  readonly key: string;
  /** The slug of the action, or of the sort of node. */
  readonly slug: string;
  readonly type: string;
  /** The action that the node runs; empty for nodes that are no actions. */
  readonly action: string;
  readonly label: string;
  readonly description: string;
  readonly category: string;
  /** The name of its icon; empty: its category's. */
  readonly icon: string;
  /** Nodes that only steer have none. */
  readonly effect: Effect | null;
  readonly schema: Config;
  readonly example: Config;
  readonly outputSchema: Config;
  readonly exampleOutput: Config;
  /** The retry policy that holds where the node has none of its own; null where nothing is retried. */
  readonly retry: Config | null;
  readonly rule: PortRule;
  /** The parts of a node, beside its config, that mean something here: `predicate`, `retry`, … */
  readonly keys: ReadonlySet<string>;
  readonly branches: boolean;
  /** Providers of channels of which one must be connected; `any` for all of them. */
  readonly channels: readonly string[];
}

export interface Catalogue {
  readonly blocks: readonly Block[];
  readonly triggers: readonly TriggerBlock[];
  readonly eventTypes: Schema<"Catalogue">["event_types"];
  readonly exitSignals: Schema<"Catalogue">["exit_signals"];
  readonly operators: Schema<"Catalogue">["operators"];
  readonly fields: Schema<"Catalogue">["fields"];
  readonly documentSchema: Config;
  readonly retrySchema: Config;
}

/** The category of the nodes that are no actions: they steer. */
const LOGIC = "logic";
const RUNS_ACTIONS = "action";
const NO_RULE: PortRule = { fixed: [], each: "", key: "", label: "", when: {} };

function blockOfAction(action: Schema<"ActionType">, type: string, keys: ReadonlySet<string>): Block {
  return {
    key: `${type}:${action.slug}`,
    slug: action.slug,
    type,
    action: action.slug,
    label: action.label,
    description: action.description,
    category: action.category,
    icon: action.icon,
    effect: action.effect,
    schema: action.config_schema,
    example: action.example,
    outputSchema: action.output_schema,
    exampleOutput: action.example_output,
    retry: action.retry,
    rule: { ...NO_RULE, fixed: action.ports },
    keys,
    branches: false,
    channels: action.channels,
  };
}

function blockOfNode(node: Schema<"NodeType">): Block {
  return {
    key: node.slug,
    slug: node.slug,
    type: node.slug,
    action: "",
    label: node.label,
    description: node.description,
    category: LOGIC,
    icon: node.icon,
    effect: null,
    schema: node.config_schema,
    example: node.example,
    outputSchema: {},
    exampleOutput: {},
    retry: null,
    rule: node.port_rule,
    keys: new Set(node.keys),
    branches: node.branches,
    channels: [],
  };
}

/** The catalogue from its two answers. A sort of node that runs actions is not offered itself: its actions are. */
export function makeCatalogue(all: Schema<"Catalogue">, actions: readonly Schema<"ActionType">[]): Catalogue {
  const runs = (node: Schema<"NodeType">): boolean => node.keys.includes(RUNS_ACTIONS);
  const ofActions = all.node_types
    .filter(runs)
    .flatMap((node) => actions.map((each) => blockOfAction(each, node.slug, new Set(node.keys))));
  return {
    blocks: [...ofActions, ...all.node_types.filter((node) => !runs(node)).map(blockOfNode)],
    triggers: all.trigger_types,
    eventTypes: all.event_types,
    exitSignals: all.exit_signals,
    operators: all.operators,
    fields: all.fields,
    documentSchema: all.document_schema,
    retrySchema: all.retry_schema,
  };
}

/** The block that a node is made of; undefined when the catalogue knows none (a named action, or one that is gone). */
export function blockOf(catalogue: Catalogue, node: Pick<GraphNode, "type" | "action">): Block | undefined {
  // An action may stand in place of the type, as in `{"type": "wait"}`.
  const slug = node.action !== "" ? node.action : node.type;
  return catalogue.blocks.find((block) => block.slug === slug);
}
