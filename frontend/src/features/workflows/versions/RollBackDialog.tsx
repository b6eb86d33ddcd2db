/** Publishes an old version again; asks what becomes of a draft that was never published. */

import { Alert, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone } from "@/components/feedback";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { type Workflow, WORKFLOWS } from "../queries";

interface Props {
  workflow: Workflow;
  number: number;
  opened: boolean;
  onClose: () => void;
}

export function RollBackDialog({ workflow, number, opened, onClose }: Props) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("migrate.close") }}
      opened={opened}
      onClose={onClose}
      title={t("rollBack.title", { number: format.number(number) })}
    >
      <Form workflow={workflow} number={number} onClose={onClose} />
    </Modal>
  );
}

function Form({ workflow, number, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const client = useQueryClient();
  const isUnpublished = workflow.has_unpublished_changes;
  const [draft, setDraft] = useState("keep");
  const rollBack = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/workflow/workflows/{id}/roll_back/", {
          params: { path: { id: workflow.id } },
          body: {
            version: number,
            keep_draft: isUnpublished && draft === "keep",
            overwrite: isUnpublished && draft === "overwrite",
          },
        }),
      ),
    onSuccess: async (changed) => {
      notifyDone(t("rollBack.done", { number: format.number(changed.active_version?.number ?? number) }));
      onClose();
      await client.invalidateQueries({ queryKey: WORKFLOWS });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rollBack.mutate();
      }}
    >
      <Stack>
        <Text size="sm">{t("rollBack.text", { number: format.number(number) })}</Text>
        {isUnpublished && (
          <Radio.Group label={t("rollBack.draft")} value={draft} onChange={setDraft}>
            <Stack gap="xs" mt="xs">
              <Radio value="keep" label={t("rollBack.keep")} />
              <Radio value="overwrite" label={t("rollBack.overwrite")} />
            </Stack>
          </Radio.Group>
        )}
        {rollBack.isError && (
          <Alert color="red" variant="light">
            <span dir="auto">{rollBack.error.message}</span>
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("publish.cancel")}
          </Button>
          <Button type="submit" loading={rollBack.isPending} data-autofocus>
            {t("rollBack.do")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
