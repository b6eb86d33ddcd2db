/** Tries a workflow without doing anything: as a dry run on one contact, or on the events of the last days. */

import { Drawer, Tabs, useDirection } from "@mantine/core";
import { IconHistory, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Backtest } from "./Backtest";
import { DryRun } from "./DryRun";

interface Props {
  workflowId: string;
  opened: boolean;
  onClose: () => void;
}

export function DryRunDrawer({ workflowId, opened, onClose }: Props) {
  const { t } = useTranslation("workflows");
  const { dir } = useDirection();
  return (
    <Drawer
      closeButtonProps={{ "aria-label": t("migrate.close") }}
      opened={opened}
      onClose={onClose}
      position={dir === "rtl" ? "left" : "right"}
      size="min(100vw, 980px)"
      title={t("run.title")}
    >
      <Tabs defaultValue="dry" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="dry" leftSection={<IconPlayerPlay size={16} stroke={1.6} />}>
            {t("run.dry")}
          </Tabs.Tab>
          <Tabs.Tab value="past" leftSection={<IconHistory size={16} stroke={1.6} />}>
            {t("run.past")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="dry">
          <DryRun workflowId={workflowId} />
        </Tabs.Panel>
        <Tabs.Panel value="past">
          <Backtest workflowId={workflowId} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}
