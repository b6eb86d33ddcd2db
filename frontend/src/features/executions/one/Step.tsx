/** One step of an execution: what it was given, what it gave back, and what went wrong. */

import { Alert, Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowsSplit, IconPlayerTrackNext } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useStepName } from "@/components/graph";
import { isBlank, isUnderWay, JsonView, MessageBubble, messageIn, StateLabel } from "@/components/run";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import type { ExecutionDetail } from "../queries";
import { plainError } from "../useReasons";
import classes from "./one.module.css";
import { RetryFromDialog } from "./RetryFromDialog";
import { useRemedy } from "./useRemedy";
import type { Stop } from "./way";

interface Props {
  execution: ExecutionDetail;
  stop: Stop;
}

export function Step({ execution, stop }: Props) {
  const { t } = useTranslation("executions");
  const remedy = useRemedy();
  const { visit } = stop;
  const message = messageIn(visit.input);
  return (
    <Stack gap="md" className={classes.detail}>
      <Heading execution={execution} stop={stop} />
      {visit.error !== "" && (
        <Alert color="red" variant="light">
          <Text size="sm" dir="auto">
            {plainError(visit.error)}
          </Text>
          <Text size="sm" mt={4}>
            {remedy(visit.error)}
          </Text>
        </Alert>
      )}
      {visit.jumped && <Alert variant="light">{t("step.jumped")}</Alert>}
      {message !== undefined && <MessageBubble message={message} />}
      {!isBlank(visit.input) && (
        <section>
          <Title order={3} size="h6" mb={6}>
            {t("step.input")}
          </Title>
          <JsonView value={visit.input} label={t("step.input")} />
        </section>
      )}
      <section>
        <Title order={3} size="h6" mb={6}>
          {t("step.output")}
        </Title>
        <JsonView value={visit.output} label={t("step.output")} />
      </section>
      {visit.children.length > 0 && <Children stop={stop} />}
    </Stack>
  );
}

function Heading({ execution, stop }: Props) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const mayWrite = useCan("workflow:write");
  const [isOpen, setOpen] = useState(false);
  const name = useStepName();
  const { visit, depth } = stop;
  const mayRetry =
    mayWrite && depth === 0 && visit.known && !isUnderWay(execution.state) && execution.parent === null;
  return (
    <div>
      <Group justify="space-between" align="start" wrap="nowrap">
        <Title order={2} size="h5" dir="auto">
          {name(visit)}
        </Title>
        {mayRetry && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlayerTrackNext size={14} />}
            onClick={() => setOpen(true)}
          >
            {t("step.retryFrom")}
          </Button>
        )}
      </Group>
      <Group gap="md" mt={4}>
        <StateLabel state={visit.state} />
        {visit.port !== "" && (
          <Text size="sm" c="var(--wasl-muted)">
            {t("step.left")} <code className="ltr">{visit.port}</code>
          </Text>
        )}
        {visit.started_at !== null && (
          <Text size="sm" c="var(--wasl-muted)">
            {format.dateTime(visit.started_at)}
          </Text>
        )}
        {visit.attempts > 1 && (
          <Text size="sm" c="var(--wasl-muted)">
            {t("step.attempts", { count: visit.attempts, shown: format.number(visit.attempts) })}
          </Text>
        )}
      </Group>
      <RetryFromDialog
        execution={execution}
        node={visit.node}
        opened={isOpen}
        onClose={() => setOpen(false)}
      />
    </div>
  );
}

function Children({ stop }: { stop: Stop }) {
  const { t } = useTranslation("executions");
  return (
    <section>
      <Title order={3} size="h6" mb={6}>
        <IconArrowsSplit size={15} stroke={1.6} aria-hidden /> {t("step.parts")}
      </Title>
      <Stack gap={4}>
        {stop.visit.children.map(({ execution }) => (
          <Group key={execution.id} gap="sm">
            <StateLabel state={execution.state} compact />
            <Anchor
              size="sm"
              dir="auto"
              renderRoot={(props) => (
                <Link to="/executions/$executionId" params={{ executionId: execution.id }} {...props} />
              )}
            >
              {execution.branch.endsWith(":") ? execution.workflow_name : execution.branch}
            </Anchor>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
