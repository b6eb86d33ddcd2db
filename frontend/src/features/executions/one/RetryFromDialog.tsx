/** Begins an execution that has ended again from a step, in its own version or in the active one. */

import { Alert, Button, Group, Modal, Radio, Select, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone } from "@/components/feedback";
import { readDocument } from "@/components/graph";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { type ExecutionDetail, EXECUTIONS, versionQuery, workflowQuery } from "../queries";

interface Props {
  execution: ExecutionDetail;
  /** The step to begin with; empty to choose one. */
  node: string;
  opened: boolean;
  onClose: () => void;
}

export function RetryFromDialog({ execution, node, opened, onClose }: Props) {
  const { t } = useTranslation("executions");
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("bulk.close") }}
      opened={opened}
      onClose={onClose}
      title={t("from.title")}
    >
      <Form execution={execution} node={node} onClose={onClose} />
    </Modal>
  );
}

function Form({ execution, node: given, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const client = useQueryClient();
  const [node, setNode] = useState<string | null>(given === "" ? null : given);
  const [version, setVersion] = useState("same");
  const [keep, setKeep] = useState("drop");
  const active = useQuery(workflowQuery(execution.workflow)).data?.active_version?.number;
  const number = version === "same" ? execution.version_number : active;
  const { data: shown } = useQuery({
    ...versionQuery(execution.workflow, number ?? execution.version_number),
    enabled: number !== undefined,
  });
  const begin = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/workflow/workflow-executions/{id}/retry_from/", {
          params: { path: { id: execution.id } },
          body: { node: node ?? "", version, outputs: keep === "keep" ? "keep" : "drop" },
        }),
      ),
    onSuccess: async () => {
      notifyDone(t("one.retried"));
      onClose();
      await client.invalidateQueries({ queryKey: EXECUTIONS });
    },
  });
  const nodes = readDocument(shown?.document).nodes.map(({ id, name }) => ({
    value: id,
    label: name === "" ? id : `${name} (${id})`,
  }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <Stack>
        <Select
          label={t("from.node")}
          value={node}
          onChange={setNode}
          data={nodes}
          searchable
          required
          data-autofocus
        />
        <Radio.Group label={t("from.version")} value={version} onChange={setVersion}>
          <Stack gap="xs" mt="xs">
            <Radio value="same" label={t("from.same", { number: format.number(execution.version_number) })} />
            {active !== undefined && active !== execution.version_number && (
              <Radio value="active" label={t("from.active", { number: format.number(active) })} />
            )}
          </Stack>
        </Radio.Group>
        <Radio.Group label={t("from.outputs")} value={keep} onChange={setKeep}>
          <Stack gap="xs" mt="xs">
            <Radio value="drop" label={t("from.drop")} />
            <Radio value="keep" label={t("from.keep")} />
          </Stack>
        </Radio.Group>
        <Alert color="orange" variant="light">
          {t("from.warning")}
        </Alert>
        {begin.isError && (
          <Alert color="red" variant="light">
            <span dir="auto">{begin.error.message}</span>
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("bulk.back")}
          </Button>
          <Button type="submit" disabled={node === null} loading={begin.isPending}>
            {t("from.begin")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
