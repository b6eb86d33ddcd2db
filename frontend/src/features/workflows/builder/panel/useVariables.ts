/** What texts of a step may name, with real sample values: the event, the contact, what earlier steps put out. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { variableOf, type Variable, type VariableTree } from "@/components/code";
import { blockOf, nodeTitle, reachedFrom, type Catalogue, type GraphDocument } from "@/components/graph";
import { api, call } from "@/lib/api";

import { useBuilder } from "../useBuilder";

const EVENT = "event.";
const STEPS = "steps.";

/** The event types by which the workflow may start. */
export function eventTypesOf(document: GraphDocument): string[] {
  return [...new Set(document.triggers.map((trigger) => trigger.event_type).filter(Boolean))];
}

/** The latest event of a type: what its data really looks like. */
function useLatestEvent(type: string | undefined) {
  return useQuery({
    queryKey: ["events", "latest", type],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/events/", {
          params: { query: { type: type ?? "", ordering: "-recorded_at", page_size: 1 } },
          signal,
        }),
      ),
    enabled: type !== undefined,
    staleTime: 60_000,
  }).data?.results[0]?.data;
}

/** The fields of the registry below their roots; those that stand for all below them (`….*`) come from elsewhere. */
function registered(catalogue: Catalogue): Map<string, Variable[]> {
  const roots = new Map<string, Variable[]>();
  for (const { path, label, type, example } of catalogue.fields) {
    const [root = "", ...rest] = path.split(".");
    if (rest.length === 0 || path.endsWith(".*")) continue;
    const known = roots.get(root) ?? [];
    known.push({ path, title: label, type, ...(example === null ? {} : { sample: example }) });
    roots.set(root, known);
  }
  return roots;
}

/** The steps that may have run before this one, nearest last. */
function earlier(document: GraphDocument, id: string): string[] {
  return document.nodes
    .map((node) => node.id)
    .filter((each) => each !== id && reachedFrom(document, each).has(id));
}

/** The variables for a step; for the settings of the whole, with an empty id, those that are always there. */
export function useVariables(id: string): VariableTree {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words } = useBuilder();
  const [type] = eventTypesOf(document);
  const latest = useLatestEvent(type);
  return useMemo(() => {
    const roots = registered(catalogue);
    const group = (root: string, title: string, more: readonly Variable[] = []): Variable[] => {
      const children = [...more, ...(roots.get(root) ?? [])];
      roots.delete(root);
      return children.length === 0 ? [] : [{ path: root, title, type: "object", children }];
    };
    const shape = catalogue.eventTypes.find((each) => each.code === type);
    const data = variableOf(
      `${EVENT}data`,
      shape === undefined ? t("builder.variables.event") : words.event(shape.code),
      shape?.schema,
      latest,
    );
    const steps = earlier(document, id).flatMap((each): Variable[] => {
      const node = document.nodes.find((one) => one.id === each);
      const block = node === undefined ? undefined : blockOf(catalogue, node);
      if (node === undefined || block === undefined || Object.keys(block.exampleOutput).length === 0)
        return [];
      return [
        variableOf(
          `${STEPS}${each}`,
          nodeTitle(node, catalogue, words),
          block.outputSchema,
          block.exampleOutput,
        ),
      ];
    });
    const tree = [
      ...group("user", t("builder.variables.contact")),
      ...group("event", t("builder.variables.event"), data.children ?? []),
      ...(steps.length === 0
        ? []
        : [{ path: "steps", title: t("builder.variables.steps"), type: "object", children: steps }]),
      ...group("conversation", t("builder.variables.conversation")),
    ];
    return [...tree, ...[...roots.keys()].flatMap((root) => group(root, root))];
  }, [catalogue, document, id, latest, t, type, words]);
}
