/** Takes a part of a step from a named one that is kept elsewhere and shared: a condition, an action. */

import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { Block, GraphNode } from "@/components/graph";
import { api, call } from "@/lib/api";

import { useBuilder } from "../useBuilder";

type Part = "action_id" | "condition_id";

interface Named {
  readonly id: string;
  readonly name: string;
  /** The action that it is of, for actions. */
  readonly type?: string;
}

/** How the named ones of a part are found. */
const FIND: Readonly<Record<Part, (signal: AbortSignal) => Promise<readonly Named[]>>> = {
  action_id: async (signal) =>
    (await call(api.GET("/api/v1/workflow/actions/", { params: { query: { page_size: 200 } }, signal })))
      .results,
  condition_id: async (signal) =>
    (await call(api.GET("/api/v1/workflow/conditions/", { params: { query: { page_size: 200 } }, signal })))
      .results,
};
const PARTS = Object.keys(FIND) as readonly Part[];

interface Props {
  node: GraphNode;
  block: Block | undefined;
  onPatch: (parts: Partial<GraphNode>) => void;
}

export function NamedPart({ node, block, onPatch }: Props) {
  return PARTS.filter((part) => node[part] !== null || block?.keys.has(part) === true).map((part) => (
    <Choice key={part} part={part} node={node} onPatch={onPatch} />
  ));
}

function Choice({ part, node, onPatch }: { part: Part } & Omit<Props, "block">) {
  const { t } = useTranslation("workflows");
  const { readOnly } = useBuilder();
  const named = useQuery({
    queryKey: ["workflow", "named", part],
    queryFn: ({ signal }) => FIND[part](signal),
    staleTime: 60_000,
  });
  const rows = (named.data ?? []).filter(({ type }) => type === undefined || type === node.action);
  // Nothing is kept to choose from: then there is nothing to ask either.
  if (rows.length === 0 && node[part] === null) return null;
  return (
    <Select
      label={t("builder.panel.named")}
      description={t("builder.panel.namedHelp")}
      placeholder={t("builder.panel.own")}
      clearable
      searchable
      disabled={readOnly}
      data={rows.map(({ id, name }) => ({ value: id, label: name }))}
      value={node[part]}
      onChange={(id) => onPatch({ [part]: id })}
    />
  );
}
