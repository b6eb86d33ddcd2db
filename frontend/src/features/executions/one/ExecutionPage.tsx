/** One execution: where it stands or how it ended, the way that it took, and what can be done about it. */

import { Alert, Anchor, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconClockPause } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Failure, PageSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { isUnderWay } from "@/components/run";
import { useFormat } from "@/lib/format";

import { type ExecutionDetail, executionQuery, replayQuery } from "../queries";
import { plainError } from "../useReasons";
import { Deeds } from "./Deeds";
import { Facts } from "./Facts";
import { useRemedy } from "./useRemedy";
import { Walk } from "./Walk";

export function ExecutionPage() {
  const { executionId } = useParams({ from: "/shell/executions/$executionId" });
  const execution = useQuery(executionQuery(executionId));
  if (execution.isError) return <Failure error={execution.error} retry={() => void execution.refetch()} />;
  if (execution.isPending) return <PageSkeleton />;
  return <Execution key={executionId} execution={execution.data} />;
}

function Execution({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const replay = useQuery(replayQuery(execution.id, isUnderWay(execution.state)));
  return (
    <Page>
      <PageHeader
        title={execution.workflow_name}
        text={
          <Anchor size="sm" renderRoot={(props) => <Link to="/executions" {...props} />}>
            {t("one.back")}
          </Anchor>
        }
      >
        <Deeds execution={execution} />
      </PageHeader>
      <Facts execution={execution} />
      <Errors execution={execution} />
      <Waits execution={execution} />
      {replay.isError && <Failure error={replay.error} retry={() => void replay.refetch()} />}
      {replay.isPending && <PageSkeleton />}
      {replay.isSuccess && <Walk execution={execution} replay={replay.data} />}
    </Page>
  );
}

function Errors({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const remedy = useRemedy();
  const { error, workflow, node } = execution;
  // An exit may leave a word behind though all went well.
  if (error === "" || execution.state === "completed") return null;
  return (
    <Alert
      color="red"
      variant="light"
      mb="md"
      icon={<IconAlertTriangle size={18} stroke={1.6} />}
      title={node === "" ? t("one.failed") : t("one.failedAt", { node })}
    >
      <Text size="sm" dir="auto">
        {plainError(error)}
      </Text>
      <Text size="sm" mt={4}>
        {remedy(error)}
      </Text>
      <Button
        variant="default"
        size="xs"
        mt="sm"
        renderRoot={(props) => (
          <Link to="/workflows/$workflowId" params={{ workflowId: workflow }} {...props} />
        )}
      >
        {t("one.openBuilder")}
      </Button>
    </Alert>
  );
}

function Waits({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  if (execution.waits_for.length === 0) return null;
  return (
    <Alert
      color="violet"
      variant="light"
      mb="md"
      icon={<IconClockPause size={18} stroke={1.6} />}
      title={t("one.waits")}
    >
      {execution.waits_for.map((wait) => (
        <Group key={`${wait.node}:${wait.branch}`} gap="xs">
          <Text size="sm" dir="auto">
            {wait.text}
          </Text>
          {wait.until !== null && (
            <Text size="sm" fw={600}>
              {t("one.resumes", { when: format.dateTime(wait.until), away: format.relative(wait.until) })}
            </Text>
          )}
        </Group>
      ))}
    </Alert>
  );
}
