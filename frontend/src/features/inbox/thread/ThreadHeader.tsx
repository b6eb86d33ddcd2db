/** Above a thread: with whom, on which channel, and what can be done with the conversation. */

import { ActionIcon, Box, Button, Menu, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconArrowLeft,
  IconCheck,
  IconClockPause,
  IconDots,
  IconLayoutSidebarRight,
  IconMail,
  IconRotateClockwise,
  IconTag,
  IconUserPlus,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ContactAvatar, ProviderIcon } from "@/components/conversation";
import { useFormat } from "@/lib/format";

import type { Choice } from "../actions/ActionDialog";
import type { ConversationDetail } from "../model/types";
import { useActions } from "../sync/useActions";
import classes from "./thread.module.css";

interface Props {
  conversation: ConversationDetail;
  name: string;
  canWrite: boolean;
  panelOpen: boolean;
  onPanel: () => void;
  onChoose: (choice: Choice) => void;
}

export function ThreadHeader({ conversation, name, canWrite, panelOpen, onPanel, onChoose }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const { setStatus, setRead } = useActions();
  const { id, status, assignee, labels, channel, snoozed_until: until } = conversation;
  // On phones the conversation is the page; beside its list it is a part of one.
  const Heading = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false }) ? "h1" : "h2";
  const closed = status === "closed";
  const away = status === "snoozed" || status === "pending";
  const assigned = assignee?.name ?? t("list.nobody");

  return (
    <header className={classes.header}>
      <ActionIcon component={Link} to="/inbox" search size={40} hiddenFrom="sm" aria-label={t("thread.back")}>
        <IconArrowLeft size={22} stroke={1.7} className={classes.mirrored} />
      </ActionIcon>
      <ContactAvatar name={name} seed={conversation.contact.id} size={36} />
      <div className={classes.who}>
        <Heading className={classes.whoName} dir="auto">
          {name}
        </Heading>
        <div className={classes.whoMore}>
          <ProviderIcon provider={channel.provider} size={14} />
          <bdi>{channel.name}</bdi>
          {status !== "open" && (
            <>
              <span aria-hidden>·</span>
              <span>
                {status === "snoozed" && until !== null
                  ? t("status.until", { when: format.dateTime(until) })
                  : t(`status.${status}`)}
              </span>
            </>
          )}
          {labels.map((label) => (
            <Box key={label.id} component="span" visibleFrom="sm" style={{ whiteSpace: "nowrap" }}>
              <i
                style={{
                  display: "inline-block",
                  width: 8,
                  height: 8,
                  borderRadius: "50%",
                  background: label.color,
                  marginInlineEnd: 4,
                }}
                aria-hidden
              />
              <bdi>{label.name}</bdi>
            </Box>
          ))}
        </div>
      </div>
      {canWrite && !closed && (
        <>
          <Tooltip label={t("actions.assign")}>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              leftSection={<IconUserPlus size={17} stroke={1.6} />}
              onClick={() => onChoose("assign")}
              aria-label={t("thread.assignedTo", { name: assigned })}
              className={classes.assign}
            >
              <bdi>{assigned}</bdi>
            </Button>
          </Tooltip>
          <HeaderTool label={t("actions.label")} icon={IconTag} onClick={() => onChoose("label")} />
          <HeaderTool label={t("actions.snooze")} icon={IconClockPause} onClick={() => onChoose("snooze")} />
          {away && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRotateClockwise size={16} />}
              onClick={() => setStatus([id], "open")}
            >
              {t("actions.wake")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconCheck size={16} />}
            onClick={() => setStatus([id], "closed")}
            className={classes.roomy}
          >
            {t("actions.resolve")}
          </Button>
        </>
      )}
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon size={36} aria-label={t("thread.more")}>
            <IconDots size={20} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {canWrite && !closed && (
            <>
              <Menu.Item
                leftSection={<IconCheck size={16} />}
                onClick={() => setStatus([id], "closed")}
                className={classes.narrow}
              >
                {t("actions.resolve")}
              </Menu.Item>
              <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => onChoose("assign")}>
                {t("actions.assign")}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTag size={16} />}
                onClick={() => onChoose("label")}
                className={classes.narrow}
              >
                {t("actions.label")}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconClockPause size={16} />}
                onClick={() => onChoose("snooze")}
                className={classes.narrow}
              >
                {t("actions.snooze")}
              </Menu.Item>
              {status === "open" && (
                <Menu.Item
                  leftSection={<IconClockPause size={16} />}
                  onClick={() => setStatus([id], "pending")}
                >
                  {t("actions.pending")}
                </Menu.Item>
              )}
            </>
          )}
          <Menu.Item leftSection={<IconMail size={16} />} onClick={() => setRead([id], false)}>
            {t("actions.unread")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={t("panel.toggle")}>
        <ActionIcon
          size={36}
          onClick={onPanel}
          aria-label={t("panel.toggle")}
          aria-pressed={panelOpen}
          variant={panelOpen ? "light" : "subtle"}
        >
          <IconLayoutSidebarRight size={20} stroke={1.6} className={classes.mirrored} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

interface ToolProps {
  label: string;
  icon: typeof IconTag;
  onClick: () => void;
}

function HeaderTool({ label, icon: Icon, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={34} onClick={onClick} aria-label={label} className={classes.roomy}>
        <Icon size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
