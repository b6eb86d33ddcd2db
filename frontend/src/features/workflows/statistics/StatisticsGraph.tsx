/** A workflow's graph with how often each step was entered, and where executions were lost. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { GraphCanvas } from "@/components/graph";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { versionQuery, type Workflow } from "../queries";
import workflowClasses from "../workflows.module.css";
import { dropOff, paintsOf } from "./figures";

interface Props {
  workflow: Workflow;
  /** The number of the version that the figures are of; undefined for all of them. */
  version: number | undefined;
  statistics: Schema<"Statistics">;
}

export function StatisticsGraph({ workflow, version, statistics }: Props) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const number = version ?? workflow.active_version?.number;
  const { data } = useQuery({ ...versionQuery(workflow.id, number ?? 0), enabled: number !== undefined });
  const document = number === undefined ? workflow.draft : data?.document;
  const paint = useMemo(
    () =>
      paintsOf(statistics.nodes, (node) => {
        const lost = dropOff(node);
        const parts = [
          node.waiting > 0 ? t("statistics.here", { shown: format.number(node.waiting) }) : "",
          lost !== null && lost > 0 ? t("statistics.lost", { share: format.percent(lost) }) : "",
        ];
        return parts.filter(Boolean).join(" · ");
      }),
    [statistics.nodes, format, t],
  );
  return (
    <div className={workflowClasses.graph}>
      {document !== undefined && (
        <GraphCanvas document={document} paint={paint} label={t("statistics.graph")} minimap={false} />
      )}
    </div>
  );
}
