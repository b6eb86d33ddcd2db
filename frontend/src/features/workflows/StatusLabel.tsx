/** Whether a workflow is on: a coloured dot and the word. */

import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";

import classes from "./workflows.module.css";

export function StatusLabel({ status }: { status: Schema<"WorkflowStatusEnum"> }) {
  const { t } = useTranslation("workflows");
  return (
    <span className={classes.status} data-status={status}>
      {t(`status.${status}`)}
    </span>
  );
}
