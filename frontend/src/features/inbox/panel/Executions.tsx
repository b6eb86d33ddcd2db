/** The executions of workflows with this contact, the latest first. */

import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { StateLabel } from "@/components/run";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useHint } from "@/lib/live";

import classes from "./panel.module.css";

const SHOWN = 5;

export function Executions({ contactId }: { contactId: string }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const query = useQuery({
    queryKey: ["executions", "of", contactId],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/workflow/workflow-executions/", {
          params: { query: { contact: contactId, page_size: SHOWN } },
          signal,
        }),
      ),
  });
  useHint("resumed", () => void query.refetch());
  const rows = query.data?.results;
  if (rows === undefined) return <Skeleton height={40} />;
  if (rows.length === 0)
    return (
      <Text size="xs" c="var(--wasl-muted)">
        {t("panel.noExecutions")}
      </Text>
    );
  return rows.map((row) => (
    <Link key={row.id} to="/executions/$executionId" params={{ executionId: row.id }} className={classes.row}>
      <bdi>{row.workflow_name}</bdi>
      <span className={classes.rowMore}>
        <StateLabel state={row.state} />
        {format.relative(row.started_at)}
      </span>
    </Link>
  ));
}
