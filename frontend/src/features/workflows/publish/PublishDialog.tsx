/** Publishes a draft: shows what it changes, for whom, and what stands in the way, before it is done. */

import { Alert, Button, Group, Modal, Stack, Switch, Text, Textarea, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, notifyDone, PageSkeleton } from "@/components/feedback";
import { ApiError, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { publishingQuery } from "../queries";
import { Moved } from "../versions/Moved";
import { DiffView } from "./DiffView";
import { Problems } from "./Problems";
import { type Fate, Standing } from "./Standing";
import { TriggerChanges } from "./TriggerChanges";
import { usePublish } from "./usePublish";

interface Props {
  workflowId: string;
  opened: boolean;
  onClose: () => void;
}

export function PublishDialog({ workflowId, opened, onClose }: Props) {
  const { t } = useTranslation("workflows");
  const isPhone = useMediaQuery("(max-width: 48em)");
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("migrate.close") }}
      opened={opened}
      onClose={onClose}
      title={t("publish.title")}
      size="xl"
      fullScreen={isPhone}
    >
      <Publishing workflowId={workflowId} onClose={onClose} />
    </Modal>
  );
}

function Publishing({ workflowId, onClose }: { workflowId: string; onClose: () => void }) {
  const prospect = useQuery(publishingQuery(workflowId));
  if (prospect.isError) return <Failure error={prospect.error} retry={() => void prospect.refetch()} />;
  if (prospect.isPending) return <PageSkeleton />;
  return (
    <Form
      // Another revision is another thing to decide on.
      key={prospect.data.revision}
      workflowId={workflowId}
      prospect={prospect.data}
      onClose={onClose}
      onAgain={() => void prospect.refetch()}
    />
  );
}

interface FormProps {
  workflowId: string;
  prospect: Schema<"Prospect">;
  onClose: () => void;
  onAgain: () => void;
}

function Form({ workflowId, prospect, onClose, onAgain }: FormProps) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const mayWrite = useCan("workflow:write");
  const [note, setNote] = useState("");
  const [activate, setActivate] = useState(!prospect.is_active);
  const [fate, setFate] = useState<Fate>("stay");
  const publish = usePublish(workflowId);
  const { problems, diff, triggers, standing, revision, is_active: isActive } = prospect;
  if (publish.data?.moved != null) return <Moved moved={publish.data.moved} onClose={onClose} />;
  const submit = (): void =>
    publish.mutate(
      { note, activate: activate && !isActive, fate, revision },
      {
        onSuccess: ({ version, moved }) => {
          notifyDone(t("publish.done", { number: format.number(version.number) }));
          if (moved === null) onClose();
        },
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="lg">
        {problems.length > 0 && <Problems problems={problems} />}
        <section>
          <Title order={2} size="h5" mb="sm">
            {t("publish.changes")}
          </Title>
          <DiffView diff={diff} />
        </section>
        <TriggerChanges triggers={triggers} isActive={isActive || activate} />
        <Standing standing={standing} fate={fate} onChange={setFate} />
        <Textarea
          label={t("publish.note")}
          description={t("publish.noteText")}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
          dir="auto"
        />
        {!isActive && (
          <Switch
            checked={activate}
            onChange={({ currentTarget }) => setActivate(currentTarget.checked)}
            label={t("publish.activate")}
            description={t("publish.activateText")}
          />
        )}
        {publish.isError && <Refused error={publish.error} onAgain={onAgain} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("publish.cancel")}
          </Button>
          <Button
            type="submit"
            disabled={!mayWrite || problems.length > 0}
            loading={publish.isPending}
            data-autofocus
          >
            {t(activate && !isActive ? "publish.publishAndActivate" : "publish.publish")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Refused({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation("workflows");
  const isStale = error instanceof ApiError && (error.status === 409 || error.status === 412);
  return (
    <Alert color="red" variant="light" title={isStale ? t("publish.stale") : t("publish.failed")}>
      <Text size="sm" dir="auto">
        {isStale ? t("publish.staleText") : error.message}
      </Text>
      {isStale && (
        <Button size="xs" mt="sm" leftSection={<IconRefresh size={14} />} onClick={onAgain}>
          {t("publish.lookAgain")}
        </Button>
      )}
    </Alert>
  );
}
