/** What can be done with all selected conversations at once. */

import { ActionIcon, CloseButton, Text, Tooltip } from "@mantine/core";
import {
  IconCircleCheck,
  IconClockPause,
  IconMail,
  IconMailOpened,
  IconTag,
  IconUserPlus,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Choice } from "../actions/ActionDialog";
import { useActions } from "../sync/useActions";
import classes from "./list.module.css";

interface Props {
  ids: readonly string[];
  onChoose: (choice: Choice) => void;
  onClear: () => void;
}

export function BulkBar({ ids, onChoose, onClear }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const { setStatus, setRead } = useActions();
  const then = (run: () => void) => () => {
    run();
    onClear();
  };
  const buttons = [
    ["actions.assign", IconUserPlus, () => onChoose("assign")],
    ["actions.label", IconTag, () => onChoose("label")],
    ["actions.snooze", IconClockPause, () => onChoose("snooze")],
    ["actions.read", IconMailOpened, then(() => setRead(ids, true))],
    ["actions.unread", IconMail, then(() => setRead(ids, false))],
    ["actions.resolve", IconCircleCheck, then(() => setStatus(ids, "closed"))],
  ] as const;
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t("list.bulk")}>
      <CloseButton onClick={onClear} aria-label={t("list.clearSelection")} />
      <Text size="sm" fw={600} flex={1} role="status" truncate>
        {t("list.selected", { count: ids.length, shown: format.number(ids.length) })}
      </Text>
      {buttons.map(([label, Icon, run]) => (
        <Tooltip key={label} label={t(label)}>
          <ActionIcon size={30} onClick={run} aria-label={t(label)}>
            <Icon size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
