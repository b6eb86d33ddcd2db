/** How far a job on contacts is, with a way to stop it. */

import { Alert, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { StateLabel } from "@/components/run";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import type { Job } from "../model";

export function JobBar({ job }: { job: Job }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      call(api.POST("/api/v1/crm/contact-jobs/{id}/cancel/", { params: { path: { id: job.id } } })),
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "contacts" }),
    onError: (error) => notifyFailure(error),
  });
  const past = job.done + job.failed;
  const share = job.state === "done" ? 1 : job.total ? past / job.total : 0;
  return (
    <Stack gap={6} flex={1} miw={200}>
      <Group justify="space-between" gap="xs">
        <StateLabel state={job.state} />
        <Text size="sm" c="var(--wasl-muted)">
          {job.total === null
            ? format.number(past)
            : t("job.of", { done: format.number(past), total: format.number(job.total) })}
        </Text>
      </Group>
      <Progress
        value={share * 100}
        animated={job.state === "running"}
        {...(job.state === "failed" && { color: "red" })}
        aria-label={t("job.progress")}
      />
      {job.error !== "" && (
        <Alert color="red" variant="light">
          <span dir="auto">{job.error}</span>
        </Alert>
      )}
      {job.state === "running" && (
        <Group justify="flex-end">
          <Button variant="default" size="xs" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t("job.cancel")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
