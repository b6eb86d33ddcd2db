/** A back-test: which days, how far it is, and what a draft would have made of their events. */

import { Alert, Button, Group, NumberInput, Select, Stack, Switch, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { JobProgress, useJob } from "@/components/run";
import { api, call, once } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { BacktestReport } from "./BacktestReport";

const PERIODS = [1, 7, 30, 90] as const;
const MOST_EVENTS = 100_000;
const FIRST_EVENTS = 10_000;

export function Backtest({ workflowId }: { workflowId: string }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const client = useQueryClient();
  const [days, setDays] = useState(7);
  const [events, setEvents] = useState<number | string>(FIRST_EVENTS);
  const [lapse, setLapse] = useState(false);
  const begin = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/workflow/workflows/{workflow_id}/backtest/", {
          params: { path: { workflow_id: workflowId }, header: once() },
          body: {
            version: "draft",
            days,
            max_events: typeof events === "number" ? events : FIRST_EVENTS,
            lapse,
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs", "list"] }),
  });
  const job = useJob(begin.data?.id).data ?? begin.data;
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <Stack>
          <Text size="sm" c="var(--wasl-muted)">
            {t("past.text")}
          </Text>
          <Group grow align="start">
            <Select
              label={t("past.period")}
              value={String(days)}
              onChange={(chosen) => setDays(Number(chosen ?? days))}
              data={PERIODS.map((each) => ({
                value: String(each),
                label: t("statistics.days", { count: each, shown: format.number(each) }),
              }))}
              allowDeselect={false}
            />
            <NumberInput
              label={t("past.events")}
              value={events}
              onChange={setEvents}
              min={1}
              max={MOST_EVENTS}
              step={1000}
              thousandSeparator=" "
            />
          </Group>
          <Switch
            checked={lapse}
            onChange={({ currentTarget }) => setLapse(currentTarget.checked)}
            label={t("run.lapse")}
            description={t("run.lapseText")}
          />
          <Group justify="flex-end">
            <Button
              type="submit"
              leftSection={<IconHistory size={16} />}
              loading={begin.isPending || job?.state === "running"}
            >
              {t("past.run")}
            </Button>
          </Group>
        </Stack>
      </form>
      {begin.isError && (
        <Alert color="red" variant="light">
          <span dir="auto">{begin.error.message}</span>
        </Alert>
      )}
      {job !== undefined && job.state !== "done" && <JobProgress job={job} />}
      {job?.result.report !== undefined && <BacktestReport report={job.result.report} />}
    </Stack>
  );
}
