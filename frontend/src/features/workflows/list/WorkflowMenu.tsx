/** What can be done with one workflow. */

import { ActionIcon, Menu } from "@mantine/core";
import {
  IconChartBar,
  IconCopy,
  IconDots,
  IconDownload,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/components/feedback";
import { useCan } from "@/lib/session";

import type { WorkflowName } from "../queries";
import { useDelete, useDuplicate, useSwitch } from "./useWorkflowActions";

export function WorkflowMenu({ workflow }: { workflow: WorkflowName }) {
  const { t } = useTranslation("workflows");
  const [deleting, setDeleting] = useState(false);
  const toggle = useSwitch(workflow);
  const duplicate = useDuplicate(workflow);
  const remove = useDelete(workflow, () => setDeleting(false));
  const mayWrite = useCan("workflow:write");
  const isActive = workflow.status === "active";
  const params = { workflowId: workflow.id };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t("list.menu", { name: workflow.name })} size="lg">
            <IconDots size={18} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayWrite && (
            <Menu.Item
              leftSection={isActive ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
              onClick={() => toggle.mutate()}
            >
              {t(isActive ? "list.pause" : "list.activate")}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconChartBar size={16} />}
            renderRoot={(props) => <Link to="/workflows/$workflowId/statistics" params={params} {...props} />}
          >
            {t("list.statistics")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconHistory size={16} />}
            renderRoot={(props) => <Link to="/workflows/$workflowId/versions" params={params} {...props} />}
          >
            {t("list.versions")}
          </Menu.Item>
          <Menu.Divider />
          {mayWrite && (
            <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => duplicate.mutate()}>
              {t("list.duplicate")}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconDownload size={16} />}
            component="a"
            href={`/api/v1/workflow/workflows/${workflow.id}/export/`}
            download
          >
            {t("list.export")}
          </Menu.Item>
          {mayWrite && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              disabled={isActive}
              onClick={() => setDeleting(true)}
            >
              {t(isActive ? "list.deletePaused" : "list.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={t("list.deleteTitle", { name: workflow.name })}
        text={t("list.deleteText")}
        confirm={t("list.delete")}
        onConfirm={() => remove.mutate()}
        loading={remove.isPending}
      />
    </>
  );
}
