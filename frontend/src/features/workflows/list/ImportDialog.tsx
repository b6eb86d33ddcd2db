/** Makes a workflow of a file that was exported here or elsewhere; says what is wrong with it, and what is left to do. */

import "@mantine/dropzone/styles.css";

import { Alert, Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, ApiError, call, once } from "@/lib/api";

import { Made } from "../gallery/Made";
import { WORKFLOWS } from "../queries";

const MOST_BYTES = 512_000;

class UnreadableFileError extends Error {}

async function documentIn(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text()) as unknown;
  } catch (cause) {
    throw new UnreadableFileError(file.name, { cause });
  }
}

interface Props {
  opened: boolean;
  onClose: () => void;
}

export function ImportDialog({ opened, onClose }: Props) {
  const { t } = useTranslation("workflows");
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("migrate.close") }}
      opened={opened}
      onClose={onClose}
      title={t("import.title")}
      size="lg"
    >
      <Import />
    </Modal>
  );
}

function Import() {
  const { t } = useTranslation("workflows");
  const client = useQueryClient();
  const [tooLarge, setTooLarge] = useState(false);
  const make = useMutation({
    mutationFn: async (file: File) =>
      call(
        api.POST("/api/v1/workflow/workflows/import/", {
          params: { header: once() },
          body: { document: await documentIn(file), activate: false },
        }),
      ),
    onMutate: () => setTooLarge(false),
    onSuccess: () => client.invalidateQueries({ queryKey: WORKFLOWS }),
  });
  if (make.isSuccess) return <Made made={make.data} />;
  return (
    <Stack>
      <Dropzone
        onDrop={([file]) => file !== undefined && make.mutate(file)}
        onReject={() => setTooLarge(true)}
        accept={["application/json"]}
        maxSize={MOST_BYTES}
        multiple={false}
        loading={make.isPending}
        aria-label={t("import.drop")}
      >
        <Group justify="center" mih={140} gap="md" style={{ pointerEvents: "none" }}>
          <IconFileImport size={36} stroke={1.4} aria-hidden />
          <div>
            <Text fw={600}>{t("import.drop")}</Text>
            <Text size="sm" c="var(--wasl-muted)">
              {t("import.hint")}
            </Text>
          </div>
        </Group>
      </Dropzone>
      {tooLarge && <Alert color="red">{t("import.refused")}</Alert>}
      {make.isError && <Wrong error={make.error} onAgain={() => make.reset()} />}
    </Stack>
  );
}

function Wrong({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation("workflows");
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  return (
    <Alert
      color="red"
      title={error instanceof UnreadableFileError ? t("import.unreadable") : t("import.wrong")}
    >
      {fields.length === 0 && !(error instanceof UnreadableFileError) && (
        <span dir="auto">{error.message}</span>
      )}
      <List size="sm" spacing={4}>
        {fields.map(([field, said]) => (
          <List.Item key={field}>
            <code className="ltr">{field}</code> <span dir="auto">{said.join(" ")}</span>
          </List.Item>
        ))}
      </List>
      <Button variant="default" size="xs" mt="sm" onClick={onAgain}>
        {t("import.again")}
      </Button>
    </Alert>
  );
}
