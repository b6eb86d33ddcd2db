/** A small catalogue for the tests: sorts of steps that no product has, so that nothing can rely on their names. */

import { makeCatalogue, type Block } from "../catalogue";
import { readDocument, type GraphDocument } from "../document";

const action = (slug: string, ports = ["next", "error"]) => ({
  slug,
  label: slug,
  description: "",
  category: "zoo",
  effect: "reversible" as const,
  config_schema: {
    type: "object",
    required: ["text"],
    properties: { size: { type: "integer" }, text: { type: "string" } },
  },
  output_schema: {},
  retry: { attempts: 3 },
  example: { text: "مرحبا" },
  example_output: { done: true },
  ports,
  channels: [],
  icon: "",
});

const rule = { fixed: [] as string[], each: "", key: "", label: "", when: {} };
const node = (slug: string, port_rule: Partial<typeof rule>, keys: string[] = [], example = {}) => ({
  slug,
  label: slug,
  description: "",
  config_schema: { type: "object", properties: {} },
  example,
  ports: [],
  port_rule: { ...rule, ...port_rule },
  keys,
  branches: false,
  icon: "",
});

export const catalogue = makeCatalogue(
  {
    fields: [],
    operators: [],
    event_types: [{ code: "ORDER", label: "Order", schema: {} }],
    predicate_schema: {},
    node_types: [
      node("act", {}, ["action", "retry"]),
      node("fork", { fixed: ["yes", "no", "error"] }, ["predicate"]),
      node("fan", { each: "ways", key: "port", label: "label", fixed: ["rest"] }, [], {
        ways: [{ port: "one" }, { port: "two" }],
      }),
      node("ask", { fixed: ["yes", "late"], when: { late: "deadline" } }),
      node("end", {}),
    ],
    trigger_types: [
      { slug: "bell", label: "Bell", description: "", config_schema: {}, example: {}, keys: [], icon: "" },
    ],
    exit_signals: [],
    audiences: [],
    document_schema: {},
    retry_schema: {},
  },
  [action("feed"), action("rest", ["next", "timeout", "error"])],
);

export function block(slug: string): Block {
  const found = catalogue.blocks.find((each) => each.slug === slug);
  if (found === undefined) throw new Error(slug);
  return found;
}

/** bell → a → b → c */
export const row: GraphDocument = readDocument({
  triggers: [{ id: "t", type: "bell" }],
  start: "a",
  nodes: ["a", "b", "c"].map((id) => ({ id, type: "act", action: "feed", config: { text: id } })),
  edges: [
    { source: "a", target: "b" },
    { source: "b", target: "c" },
  ],
});

/** Edges as short texts: `a.next>b`. */
export const lines = (document: GraphDocument): string[] =>
  document.edges.map(({ source, port, target }) => `${source}.${port}>${target}`).sort();
