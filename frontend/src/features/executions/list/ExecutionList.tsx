/** The list of executions, refreshed by itself. */

import { Button, Group, Stack, Text } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { StateLabel } from "@/components/run";
import { useFormat } from "@/lib/format";
import { useHint } from "@/lib/live";

import { type Execution, EXECUTIONS, executionsQuery } from "../queries";
import type { ExecutionsSearch } from "../searches";
import { useReasons } from "../useReasons";
import classes from "./list.module.css";

export function ExecutionList({ search }: { search: ExecutionsSearch }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const client = useQueryClient();
  const list = useInfiniteQuery(executionsQuery(search));
  useHint("resumed", () => void client.invalidateQueries({ queryKey: EXECUTIONS }));
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <ListSkeleton />;
  // A row that moved to the next page meanwhile would come twice.
  const rows = [
    ...new Map(list.data.pages.flatMap((page) => page.results).map((row) => [row.id, row])).values(),
  ];
  const count = list.data.pages[0]?.count ?? 0;
  if (rows.length === 0) {
    const isFiltered = Object.keys(search).length > 0;
    return (
      <EmptyState
        icon={IconActivity}
        title={t(isFiltered ? "list.none" : "list.empty")}
        text={t(isFiltered ? "list.noneText" : "list.emptyText")}
      />
    );
  }
  return (
    <>
      <Text size="sm" c="var(--wasl-muted)" mb="xs" aria-live="polite">
        {t("list.count", { count, shown: format.number(count) })}
      </Text>
      <ul className={classes.list}>
        {rows.map((row) => (
          <Row key={row.id} execution={row} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          >
            {t("list.more")}
          </Button>
        </Group>
      )}
    </>
  );
}

const Row = memo(function Row({ execution }: { execution: Execution }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const reason = useReasons()(execution);
  const { id, contact_id: contact, contact_name: name, started_at: started, ended_at: ended } = execution;
  return (
    <li className={classes.row}>
      <div className={classes.state}>
        <StateLabel state={execution.state} />
      </div>
      <Stack gap={2} className={classes.what}>
        <Link to="/executions/$executionId" params={{ executionId: id }} className={classes.link} dir="auto">
          {execution.workflow_name}
        </Link>
        <Text
          size="xs"
          c={execution.state === "failed" ? "var(--mantine-color-error)" : "var(--wasl-muted)"}
          lineClamp={1}
        >
          <span dir="auto">{reason}</span>
        </Text>
      </Stack>
      <Group gap={8} wrap="nowrap" className={classes.who}>
        {contact !== null && <ContactAvatar name={name} seed={contact} size={24} />}
        <Text size="sm" truncate dir="auto">
          {contact === null ? t("list.nobody") : name || t("list.unnamed")}
        </Text>
      </Group>
      <Text size="xs" c="var(--wasl-muted)" className={classes.when} title={format.dateTime(started)}>
        {format.relative(started)}
        {ended !== null && (
          <span className={classes.took}>
            {format.duration(new Date(ended).getTime() - new Date(started).getTime())}
          </span>
        )}
      </Text>
    </li>
  );
});
