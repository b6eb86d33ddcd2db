/** Asks why letters are let go: the reason stands in the audit. */

import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  count: number;
  loading: boolean;
  onClose: () => void;
  onDiscard: (reason: string) => void;
}

export function DiscardDialog({ count, loading, onClose, onDiscard }: Props) {
  const { t } = useTranslation("dead-letters");
  const [reason, setReason] = useState("");
  return (
    <Modal opened onClose={onClose} title={t("discarding.title", { count })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onDiscard(reason.trim());
        }}
      >
        <Stack>
          <Text size="sm">{t("discarding.text")}</Text>
          <Textarea
            label={t("discarding.reason")}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            autosize
            minRows={2}
            dir="auto"
            required
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" color="red" loading={loading} disabled={reason.trim() === ""}>
              {t("discard")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
