/** The ways out of a node, as the catalogue's rule and the node's own config make them. */

import type { Block } from "./catalogue";
import { ERROR, isConfig, type Config, type GraphDocument, type GraphNode } from "./document";
import { edgesFrom } from "./reach";

export interface Port {
  readonly id: string;
  /** What people call it, where the config says so; else empty. */
  readonly label: string;
}

const DEFAULTS: readonly Port[] = [{ id: "next", label: "" }];

function eachOf(block: Block, config: Config): Port[] {
  const items = block.rule.each === "" ? [] : config[block.rule.each];
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown): Port[] => {
    if (typeof item === "string") return [{ id: item, label: item }];
    if (!isConfig(item)) return [];
    const id = item[block.rule.key];
    const label = item[block.rule.label];
    if (typeof id !== "string" || id === "") return [];
    return [{ id, label: typeof label === "string" && label !== "" ? label : id }];
  });
}

/** A node's ports in their order. A node whose block is not known keeps the one that most have. */
export function portsOf(block: Block | undefined, config: Config): readonly Port[] {
  if (block === undefined) return DEFAULTS;
  const fixed = block.rule.fixed.filter((port) => {
    const key = block.rule.when[port];
    return key === undefined || (config[key] !== undefined && config[key] !== null && config[key] !== "");
  });
  return [...eachOf(block, config), ...fixed.map((id) => ({ id, label: "" }))];
}

/** The port by which things usually go on: the first that is not for errors. */
export function mainPort(block: Block | undefined, config: Config): string | undefined {
  return portsOf(block, config).find((port) => port.id !== ERROR)?.id;
}

/** The ports to draw: the node's own, and those that edges use although the node has them no longer. */
export function shownPorts(
  document: GraphDocument,
  node: GraphNode,
  block: Block | undefined,
): readonly Port[] {
  const own = portsOf(block, node.config);
  const lost = edgesFrom(document, node.id)
    .filter((edge) => !own.some((port) => port.id === edge.port))
    .map((edge) => ({ id: edge.port, label: edge.port }));
  return [...own, ...lost];
}
