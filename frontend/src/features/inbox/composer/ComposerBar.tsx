/** The buttons under the text: what can be put into it, and sending it. */

import { ActionIcon, Button, FileButton, Group, Menu, Modal, Popover, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAt,
  IconCheck,
  IconChevronDown,
  IconClockPlay,
  IconMoodSmile,
  IconPaperclip,
  IconSlash,
  IconTemplate,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { WhenPicker } from "../actions/WhenPicker";
import classes from "./composer.module.css";
import { EmojiPicker } from "./EmojiPicker";
import type { SendKey } from "./useSendKey";

interface Props {
  note: boolean;
  closed: boolean;
  canSend: boolean;
  templates: boolean;
  files: boolean;
  sendKey: SendKey;
  onSendKey: (key: SendKey) => void;
  onEmoji: (emoji: string) => void;
  onFiles: (files: File[]) => void;
  onCanned: () => void;
  onMention: (() => void) | undefined;
  onTemplate: () => void;
  onLater: (when: Date) => void;
  onSend: () => void;
}

export function ComposerBar(props: Props) {
  const { note, closed, canSend, templates, files, sendKey, onSendKey, onSend } = props;
  const { t } = useTranslation("inbox");
  const [choosing, when] = useDisclosure();
  return (
    <div className={classes.bar}>
      {!note && files && (
        <FileButton onChange={props.onFiles} multiple>
          {(button) => <Tool {...button} label={t("composer.attach")} icon={IconPaperclip} />}
        </FileButton>
      )}
      <EmojiButton onPick={props.onEmoji} />
      <Tool onClick={props.onCanned} label={t("composer.canned")} icon={IconSlash} />
      {note && props.onMention !== undefined && (
        <Tool onClick={props.onMention} label={t("composer.mention")} icon={IconAt} />
      )}
      {!note && templates && (
        <Tool onClick={props.onTemplate} label={t("composer.template")} icon={IconTemplate} />
      )}
      <Group gap={0} ms="auto" wrap="nowrap">
        <Button size="xs" onClick={onSend} disabled={!canSend}>
          {t(note ? "composer.addNote" : "composer.send")}
        </Button>
        <Menu position="top-end" width={230}>
          <Menu.Target>
            <ActionIcon size={30} variant="subtle" aria-label={t("composer.more")}>
              <IconChevronDown size={16} stroke={1.8} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!note && !closed && (
              <>
                <Menu.Item leftSection={<IconClockPlay size={16} />} onClick={when.open} disabled={!canSend}>
                  {t("later.title")}
                </Menu.Item>
                <Menu.Divider />
              </>
            )}
            <Menu.Label>{t("composer.sendWith")}</Menu.Label>
            {(["enter", "mod"] as const).map((key) => (
              <Menu.Item
                key={key}
                onClick={() => onSendKey(key)}
                rightSection={key === sendKey ? <IconCheck size={16} aria-hidden /> : null}
              >
                {t(`composer.sendKeys.${key}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Modal opened={choosing} onClose={when.close} title={t("later.title")} size="sm">
        <WhenPicker
          confirm={t("later.confirm")}
          onPick={(moment) => {
            when.close();
            props.onLater(moment);
          }}
        />
      </Modal>
    </div>
  );
}

interface ToolProps {
  onClick: () => void;
  label: string;
  icon: typeof IconAt;
}

function Tool({ onClick, label, icon: Icon }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={32} onClick={onClick} aria-label={label}>
        <Icon size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation("inbox");
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} position="top-start" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("composer.emoji")}>
          <ActionIcon size={32} onClick={toggle} aria-label={t("composer.emoji")} aria-expanded={opened}>
            <IconMoodSmile size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={10}>
        {opened && (
          <EmojiPicker
            onPick={(emoji) => {
              close();
              onPick(emoji);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
