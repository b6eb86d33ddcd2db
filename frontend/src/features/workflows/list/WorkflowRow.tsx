/** One workflow of the list. */

import { Badge, Group, Table, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { StatusLabel } from "../StatusLabel";
import type { WorkflowName } from "../queries";
import { LIST_DAYS } from "../queries";
import { useTriggerWords } from "../useTriggerWords";
import classes from "./list.module.css";
import { Sparkline } from "./Sparkline";
import { WorkflowMenu } from "./WorkflowMenu";

interface Props {
  workflow: WorkflowName;
  /** Of the last seven days; undefined until they are there. */
  figures: Schema<"WorkflowRow"> | undefined;
}

export function WorkflowRow({ workflow, figures }: Props) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const triggers = useTriggerWords()(workflow.triggers);
  const failed = figures?.by_state.failed ?? 0;
  return (
    <Table.Tr>
      <Table.Td>
        <Link
          to="/workflows/$workflowId"
          params={{ workflowId: workflow.id }}
          className={classes.name}
          dir="auto"
        >
          {workflow.name}
        </Link>
        {workflow.description !== "" && (
          <Text size="xs" c="var(--wasl-muted)" dir="auto" lineClamp={1} visibleFrom="sm">
            {workflow.description}
          </Text>
        )}
        <Group gap="sm" mt={4}>
          <StatusLabel status={workflow.status} />
          {workflow.active_version !== null && workflow.has_unpublished_changes && (
            <Badge variant="default" size="sm" leftSection={<IconPencil size={11} />}>
              {t("list.unpublished")}
            </Badge>
          )}
        </Group>
        {workflow.paused_reason !== "" && (
          <Text size="xs" c="var(--mantine-color-error)" dir="auto" mt={4}>
            {workflow.paused_reason}
          </Text>
        )}
        <Text size="xs" c="var(--wasl-muted)" hiddenFrom="sm" mt={4}>
          {triggers}
          {figures !== undefined &&
            ` · ${t("list.ran", { count: figures.total, shown: format.number(figures.total) })}`}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Text size="sm" lineClamp={2} maw={240}>
          {triggers === "" ? t("list.noTrigger") : triggers}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {figures !== undefined && (
          <Group gap="sm" wrap="nowrap">
            <Sparkline
              values={figures.daily}
              label={t("list.perDay", {
                days: format.number(LIST_DAYS),
                values: format.list(figures.daily.map((each) => format.number(each))),
              })}
            />
            <Link
              to="/executions"
              search={{ workflow: workflow.id }}
              className={classes.name}
              title={t("list.showExecutions")}
            >
              {format.number(figures.total)}
            </Link>
          </Group>
        )}
      </Table.Td>
      <Table.Td visibleFrom="md">
        {figures !== undefined && figures.conversion_rate !== null && figures.converted > 0
          ? format.percent(figures.conversion_rate)
          : "—"}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {failed > 0 ? (
          <Link
            to="/executions"
            search={{ workflow: workflow.id, state: ["failed"] }}
            className={classes.name}
          >
            <Text span c="var(--mantine-color-error)" fw={600}>
              {format.number(failed)}
            </Text>
          </Link>
        ) : (
          <Text size="sm" c="var(--wasl-muted)">
            {format.number(0)}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="lg">
        <Text size="sm" c="var(--wasl-muted)" title={format.dateTime(workflow.updated_at)}>
          {format.relative(workflow.updated_at)}
        </Text>
      </Table.Td>
      <Table.Td>
        <WorkflowMenu workflow={workflow} />
      </Table.Td>
    </Table.Tr>
  );
}
