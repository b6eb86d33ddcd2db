/** The workflows that the contact went through, the latest first. */

import { IconRoute } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { StateLabel } from "@/components/run";
import { useFormat } from "@/lib/format";

import { executionsQuery } from "../queries";
import classes from "./profile.module.css";

export function Executions({ contactId }: { contactId: string }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { data, error, refetch } = useQuery(executionsQuery(contactId));
  if (data === undefined)
    return error === null ? (
      <ListSkeleton rows={4} />
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  if (data.results.length === 0)
    return <EmptyState icon={IconRoute} title={t("executions.none")} text={t("executions.noneText")} />;
  return (
    <ul className={classes.rows}>
      {data.results.map((execution) => (
        <li key={execution.id} className={classes.row}>
          <StateLabel state={execution.state} compact />
          <div className={classes.rowText}>
            <Link
              to="/executions/$executionId"
              params={{ executionId: execution.id }}
              className={classes.rowLink}
              dir="auto"
            >
              {execution.workflow_name}
            </Link>
          </div>
          <time className={classes.when} dateTime={execution.started_at}>
            {format.relative(execution.started_at)}
          </time>
        </li>
      ))}
    </ul>
  );
}
