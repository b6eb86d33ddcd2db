/** How far a job is, with a way to stop it. */

import { Alert, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { StateLabel } from "./StateLabel";

export function JobProgress({ job }: { job: Schema<"Job"> }) {
  const { t } = useTranslation("run");
  const format = useFormat();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      call(api.POST("/api/v1/workflow/jobs/{id}/cancel/", { params: { path: { id: job.id } } })),
    onSuccess: (ended) => client.setQueryData(["jobs", job.id], ended),
    onError: (error) => notifyFailure(error),
  });
  const past = job.done + job.failed;
  const share = job.total === null || job.total === 0 ? (job.state === "running" ? 0 : 1) : past / job.total;
  const counted =
    job.total === null
      ? format.number(past)
      : t("job.of", { done: format.number(past), total: format.number(job.total) });
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <StateLabel state={job.state} />
        <Text size="sm" c="var(--wasl-muted)">
          {counted}
        </Text>
      </Group>
      <Progress
        value={share * 100}
        animated={job.state === "running"}
        color={job.state === "failed" ? "red" : undefined}
        aria-label={t("job.progress")}
      />
      {job.failed > 0 && (
        <Text size="sm">{t("job.failed", { count: job.failed, shown: format.number(job.failed) })}</Text>
      )}
      {job.error !== "" && (
        <Alert color="red" variant="light">
          <span dir="auto">{job.error}</span>
        </Alert>
      )}
      {job.state === "running" && (
        <Group justify="flex-end">
          <Button variant="default" size="xs" onClick={() => cancel.mutate()} loading={cancel.isPending}>
            {t("job.cancel")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
