/** Asks before something that cannot be undone. */

import { Button, Group, Modal, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and what will not come back. */
  text: string;
  /** The verb on the button: "Delete", never "OK". */
  confirm: string;
  onConfirm: () => void;
  loading?: boolean;
}

export function ConfirmDialog({ opened, onClose, title, text, confirm, onConfirm, loading = false }: Props) {
  const { t } = useTranslation("feedback");
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Text size="sm" mb="lg">
        {text}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("cancel")}
        </Button>
        <Button color="red" onClick={onConfirm} loading={loading}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
