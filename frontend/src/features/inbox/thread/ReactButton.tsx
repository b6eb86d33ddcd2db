/** Puts an emoji on a message: a few at once, any other from the picker. */

import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMoodPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { EmojiPicker } from "../composer/EmojiPicker";

export function ReactButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation("inbox");
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && close()}
      position="top"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Tooltip label={t("thread.react")}>
          <ActionIcon size={26} onClick={toggle} aria-label={t("thread.react")} aria-expanded={opened}>
            <IconMoodPlus size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={8}>
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
