/** Moves executions that wait to another version: counted first, then done at once or by a job. */

import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ListSkeleton, notifyFailure } from "@/components/feedback";
import { api, call, once, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { WORKFLOWS } from "../queries";
import { Moved } from "./Moved";

type Missing = "leave" | "exit" | "fail";
const MISSING: readonly Missing[] = ["leave", "exit", "fail"];
const ALL = "all";

interface Props {
  workflowId: string;
  versions: readonly Schema<"VersionRow">[];
  opened: boolean;
  onClose: () => void;
}

export function MigrateDialog({ workflowId, versions, opened, onClose }: Props) {
  const { t } = useTranslation("workflows");
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("migrate.close") }}
      opened={opened}
      onClose={onClose}
      title={t("migrate.title")}
      size="lg"
    >
      <Form workflowId={workflowId} versions={versions} onClose={onClose} />
    </Modal>
  );
}

function Form({ workflowId, versions, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const client = useQueryClient();
  const [from, setFrom] = useState(ALL);
  const [to, setTo] = useState("active");
  const [missing, setMissing] = useState<Missing>("leave");
  const [retime, setRetime] = useState(false);
  const order = { from, to, missing, retime };
  const ask = (preview: boolean, signal?: AbortSignal) =>
    call(
      api.POST("/api/v1/workflow/workflows/{workflow_id}/migrate/", {
        params: {
          path: { workflow_id: workflowId },
          query: { preview },
          ...(!preview && { header: once() }),
        },
        body: order,
        ...(signal && { signal }),
      }),
    );
  const preview = useQuery({
    queryKey: [...WORKFLOWS, workflowId, "migrate", order],
    queryFn: ({ signal }) => ask(true, signal),
    retry: false,
    staleTime: 0,
  });
  const move = useMutation({
    mutationFn: () => ask(false),
    onSuccess: () => client.invalidateQueries({ queryKey: WORKFLOWS }),
    onError: (error) => notifyFailure(error),
  });
  if (move.isSuccess) return <Moved moved={move.data} onClose={onClose} />;
  const numbers = versions.map(({ number }) => ({
    value: String(number),
    label: t("versions.number", { number: format.number(number) }),
  }));
  const counted = preview.data !== undefined && "rows" in preview.data ? preview.data : undefined;
  return (
    <Stack>
      <Text size="sm">{t("migrate.text")}</Text>
      <Group grow>
        <Select
          label={t("migrate.from")}
          value={from}
          onChange={(value) => setFrom(value ?? ALL)}
          data={[{ value: ALL, label: t("migrate.all") }, ...numbers]}
          allowDeselect={false}
        />
        <Select
          label={t("migrate.to")}
          value={to}
          onChange={(value) => setTo(value ?? "active")}
          data={[{ value: "active", label: t("migrate.active") }, ...numbers]}
          allowDeselect={false}
        />
      </Group>
      <Select
        label={t("migrate.missing")}
        value={missing}
        onChange={(value) => setMissing(MISSING.find((each) => each === value) ?? "leave")}
        data={MISSING.map((value) => ({ value, label: t(`migrate.missingTo.${value}`) }))}
        allowDeselect={false}
      />
      <Checkbox
        checked={retime}
        onChange={({ currentTarget }) => setRetime(currentTarget.checked)}
        label={t("migrate.retime")}
      />
      {preview.isPending && <ListSkeleton rows={2} />}
      {preview.isError && (
        <Alert color="red" variant="light">
          <span dir="auto">{preview.error.message}</span>
        </Alert>
      )}
      {counted !== undefined && <Preview migration={counted} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("publish.cancel")}
        </Button>
        <Button
          onClick={() => move.mutate()}
          loading={move.isPending}
          disabled={counted === undefined || counted.moved + counted.exited + counted.failed === 0}
        >
          {t("migrate.do")}
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ migration }: { migration: Schema<"Migration"> }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  if (migration.rows.length === 0) return <Alert variant="light">{t("migrate.nobody")}</Alert>;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("migrate.node")}</Table.Th>
          <Table.Th>{t("migrate.becomes")}</Table.Th>
          <Table.Th ta="end">{t("migrate.executions")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {migration.rows.map((row) => (
          <Table.Tr key={`${row.version}:${row.node}:${row.outcome}:${row.reason}`}>
            <Table.Td>
              <code className="ltr">{row.node}</code>{" "}
              <Text span size="xs" c="var(--wasl-muted)">
                {t("versions.number", { number: format.number(row.version) })}
              </Text>
            </Table.Td>
            <Table.Td>
              {t(`migrate.outcome.${row.outcome}`)}
              {row.why !== "" && (
                <Text size="xs" c="var(--wasl-muted)" dir="auto">
                  {row.why}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="end">{format.number(row.executions)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
