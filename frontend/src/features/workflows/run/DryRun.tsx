/** A dry run: on which contact and which event, and what would come of it. */

import { Alert, Button, Group, Select, Stack, Switch, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton } from "@/components/feedback";
import { readDocument, useNames } from "@/components/graph";
import { ContactPicker } from "@/components/relation";
import { api, ApiError, call } from "@/lib/api";

import { Problems } from "../publish/Problems";
import { eventTypesQuery, type Workflow, workflowQuery } from "../queries";
import { EventData } from "./EventData";
import { sampleData } from "./sample";
import { TrialResult } from "./TrialResult";

export function DryRun({ workflowId }: { workflowId: string }) {
  const workflow = useQuery(workflowQuery(workflowId));
  if (workflow.isError) return <Failure error={workflow.error} retry={() => void workflow.refetch()} />;
  if (workflow.isPending) return <ListSkeleton rows={3} />;
  return <Form workflow={workflow.data} />;
}

/** The newest real event of a type, whose data make the best sample; made-up data when there is none. */
function useSample(type: string) {
  const types = useQuery(eventTypesQuery);
  const schema = types.data?.results.find(({ code }) => code === type)?.schema;
  const newest = useQuery({
    queryKey: ["events", "newest", type],
    queryFn: async ({ signal }) => {
      const query = { type, page_size: 1 };
      const page = await call(api.GET("/api/v1/workflow/events/", { params: { query }, signal }));
      return page.results[0] ?? null;
    },
    enabled: type !== "",
  });
  const isReady = type === "" || (types.isFetched && newest.isFetched);
  const data = newest.data?.data ?? sampleData(schema);
  return { isReady, data: data as Record<string, unknown>, contact: newest.data?.contact_id ?? null };
}

function Form({ workflow }: { workflow: Workflow }) {
  const { t } = useTranslation("workflows");
  const words = useNames();
  const types = [
    ...new Set(readDocument(workflow.draft).triggers.map((trigger) => trigger.event_type)),
  ].filter(Boolean);
  const [type, setType] = useState(types[0] ?? "");
  const [contact, setContact] = useState<string | null>(null);
  const [data, setData] = useState<Record<string, unknown> | null>(null);
  const [lapse, setLapse] = useState(false);
  const sample = useSample(type);
  const run = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/workflow/workflows/{workflow_id}/dry_run/", {
          params: { path: { workflow_id: workflow.id } },
          body: {
            event_type: type,
            user_id: contact ?? sample.contact ?? "",
            conversation_id: "",
            data: data ?? sample.data,
            version: "draft",
            lapse,
          },
        }),
      ),
  });
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        <Stack>
          <Text size="sm" c="var(--wasl-muted)">
            {t("run.text")}
          </Text>
          <Group grow align="start">
            <ContactPicker
              label={t("run.contact")}
              value={contact ?? sample.contact}
              onChange={setContact}
              placeholder={t("run.noContact")}
            />
            {types.length > 0 && (
              <Select
                label={t("run.event")}
                value={type}
                onChange={(chosen) => {
                  setType(chosen ?? "");
                  setData(null);
                }}
                data={types.map((code) => ({ value: code, label: words.event(code) }))}
                allowDeselect={false}
              />
            )}
          </Group>
          {type !== "" && sample.isReady && (
            <EventData key={type} type={type} value={data ?? sample.data} onChange={setData} />
          )}
          <Switch
            checked={lapse}
            onChange={({ currentTarget }) => setLapse(currentTarget.checked)}
            label={t("run.lapse")}
            description={t("run.lapseText")}
          />
          <Group justify="flex-end">
            <Button
              type="submit"
              leftSection={<IconPlayerPlay size={16} />}
              loading={run.isPending}
              disabled={!sample.isReady}
            >
              {t("run.run")}
            </Button>
          </Group>
        </Stack>
      </form>
      {run.isError && <Refused error={run.error} />}
      {run.isSuccess && <TrialResult workflow={workflow} tried={run.data} />}
    </Stack>
  );
}

/** What keeps the draft from being tried, place by place. */
function Refused({ error }: { error: Error }) {
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  if (fields.length === 0) {
    return (
      <Alert color="red" variant="light">
        <span dir="auto">{error.message}</span>
      </Alert>
    );
  }
  return (
    <Problems problems={fields.flatMap(([place, said]) => said.map((message) => ({ place, message })))} />
  );
}
