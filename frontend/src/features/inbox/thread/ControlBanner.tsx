/** Who answers in this conversation, and taking it over or handing it back. */

import { Button, Menu, Text } from "@mantine/core";
import { IconChevronDown, IconHandStop, IconRobot, IconSitemap, IconUser } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useMe } from "@/lib/session";

import type { ConversationDetail } from "../model/types";
import { useActions } from "../sync/useActions";
import { useColleagues } from "../sync/useSurroundings";
import classes from "./thread.module.css";

const ICONS = { bot: IconRobot, workflow: IconSitemap, human: IconUser } as const;

export function ControlBanner({
  conversation,
  canWrite,
}: {
  conversation: ConversationDetail;
  canWrite: boolean;
}) {
  const { t } = useTranslation("inbox");
  const me = useMe().user;
  const colleagues = useColleagues();
  const { takeOver, handBack } = useActions();
  const { id, control, controlled_by: by, status } = conversation;
  if (status === "closed") return null;
  const Icon = ICONS[control];
  const who = by.startsWith("member:")
    ? colleagues.find((each) => by === `member:${each.id}`)?.name
    : undefined;
  const told =
    control === "human" && who !== undefined
      ? t("control.takenBy", { name: who })
      : t(`control.now.${control}`);
  return (
    <div className={classes.banner} role="status">
      <Icon size={17} stroke={1.7} aria-hidden />
      <Text size="sm" inherit flex={1}>
        {told}
      </Text>
      {canWrite && control !== "human" && me !== null && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconHandStop size={15} />}
          onClick={() => takeOver(id, { id: me.id, name: me.name })}
        >
          {t("control.takeOver")}
        </Button>
      )}
      {canWrite && control === "human" && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>
              {t("control.handBack")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconRobot size={16} />} onClick={() => handBack(id, "bot")}>
              {t("control.toBot")}
            </Menu.Item>
            <Menu.Item leftSection={<IconSitemap size={16} />} onClick={() => handBack(id, "workflow")}>
              {t("control.toWorkflow")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
