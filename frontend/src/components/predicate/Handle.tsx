/** The handle of a row or group: drags it, or moves it by the arrow keys. */

import { ActionIcon, Tooltip } from "@mantine/core";
import { IconGripVertical } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useBuilder } from "./context";
import { outermost, type Path, stepped } from "./edit";
import classes from "./predicate.module.css";

const STEPS: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

export function Handle({ path }: { path: Path }) {
  const { t } = useTranslation("predicate");
  const { root, drag, settle, disabled } = useBuilder();
  if (disabled) return null;
  return (
    <Tooltip label={t("move.hint")}>
      <ActionIcon
        size={28}
        className={classes.handle}
        aria-label={t("move.handle")}
        aria-keyshortcuts="ArrowUp ArrowDown"
        data-handle={path.join(".")}
        draggable
        onDragStart={(event) => {
          event.stopPropagation();
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", path.join("."));
          drag(outermost(path));
        }}
        onDragEnd={() => drag(null)}
        onKeyDown={(event) => {
          const step = STEPS[event.key];
          if (step === undefined) return;
          event.preventDefault();
          settle(stepped(root, path, step));
        }}
      >
        <IconGripVertical size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
