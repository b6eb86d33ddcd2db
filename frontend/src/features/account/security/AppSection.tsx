/** The authenticator app: on since when, or how to turn it on. */

import { Badge, Button, Group, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/components/feedback";
import { AppSetup } from "@/components/second-factor";
import { removeApp } from "@/lib/door";
import { useFormat } from "@/lib/format";

import { Section } from "../Section";
import { useFactorChange } from "./useFactors";

export function AppSection({ since }: { since: Date | null }) {
  const { t } = useTranslation("account");
  const { date } = useFormat();
  const [settingUp, setUp] = useDisclosure();
  const [removing, remove] = useDisclosure();
  const removal = useFactorChange(removeApp);
  return (
    <Section
      title={t("app.title")}
      text={since === null ? t("app.text") : t("app.since", { date: date(since) })}
      action={
        since === null ? (
          <Button onClick={setUp.open}>{t("app.setUp")}</Button>
        ) : (
          <Group gap="sm">
            <Badge color="teal" variant="light" c="inherit" tt="none" leftSection={<IconCheck size={12} />}>
              {t("app.on")}
            </Badge>
            <Button variant="default" onClick={remove.open} loading={removal.isPending}>
              {t("app.remove")}
            </Button>
          </Group>
        )
      }
    >
      <Modal opened={settingUp} onClose={setUp.close} title={t("app.setUpTitle")}>
        <AppSetup onDone={setUp.close} />
      </Modal>
      <ConfirmDialog
        opened={removing}
        onClose={remove.close}
        title={t("app.removeTitle")}
        text={t("app.removeText")}
        confirm={t("app.remove")}
        onConfirm={() => {
          remove.close();
          removal.mutate();
        }}
      />
      {removal.dialog}
    </Section>
  );
}
