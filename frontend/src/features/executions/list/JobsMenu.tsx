/** The jobs of late: what goes on in the background, and what came of it. */

import { ActionIcon, Group, Indicator, Popover, Progress, ScrollArea, Stack, Text } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { StateLabel } from "@/components/run";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

const GOING_MS = 2_000;
const IDLE_MS = 30_000;

export function JobsMenu() {
  const { t } = useTranslation("executions");
  const [opened, setOpened] = useState(false);
  const jobs = useQuery({
    queryKey: ["jobs", "list"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/jobs/", { params: { query: { page_size: 20 } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.results.some((job) => job.state === "running") === true ? GOING_MS : IDLE_MS,
  });
  const isGoing = jobs.data?.results.some((job) => job.state === "running") ?? false;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={360} trapFocus>
      <Indicator disabled={!isGoing} processing>
        <Popover.Target>
          <ActionIcon
            variant="default"
            size={36}
            onClick={() => setOpened(!opened)}
            aria-label={t(isGoing ? "jobs.going" : "jobs.title")}
          >
            <IconStack2 size={18} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0} maw="92vw">
        <Text fw={600} px="md" py="xs">
          {t("jobs.title")}
        </Text>
        <ScrollArea.Autosize mah={400}>
          {jobs.isError && <Failure error={jobs.error} retry={() => void jobs.refetch()} />}
          {jobs.isPending && <ListSkeleton rows={3} />}
          {jobs.data?.results.length === 0 && (
            <EmptyState icon={IconStack2} title={t("jobs.none")} text={t("jobs.noneText")} />
          )}
          {jobs.data?.results.map((job) => (
            <Job key={job.id} job={job} />
          ))}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

function Job({ job }: { job: Schema<"JobName"> }) {
  const { t, i18n } = useTranslation("executions");
  const format = useFormat();
  const { kind, total, done, failed } = job;
  const name = i18n.exists(`jobs.kind.${kind}`, { ns: "executions" })
    ? t(`jobs.kind.${kind}`)
    : kind.replaceAll("_", " ");
  return (
    <Stack gap={4} px="md" py="xs" style={{ borderTop: "1px solid var(--wasl-border)" }}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} truncate>
          {name}
        </Text>
        <StateLabel state={job.state} />
      </Group>
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="var(--wasl-muted)" truncate dir="auto">
          {job.workflow_name}
        </Text>
        <Text size="xs" c="var(--wasl-muted)">
          {format.relative(job.created_at)}
        </Text>
      </Group>
      {job.state === "running" && total !== null && total > 0 && (
        <Progress value={((done + failed) / total) * 100} size="sm" aria-label={name} />
      )}
    </Stack>
  );
}
