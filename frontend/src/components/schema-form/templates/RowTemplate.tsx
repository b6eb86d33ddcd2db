/** One row of a list, with its place in it and what can be done with it. */

import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import type { ArrayFieldItemTemplateProps } from "@rjsf/utils";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import classes from "../schema-form.module.css";

export function RowTemplate({ children, index, disabled, buttonsProps }: ArrayFieldItemTemplateProps) {
  const { t } = useTranslation("schema-form");
  const { number } = useFormat();
  const place = number(index + 1);
  const { hasMoveUp, hasMoveDown, hasRemove, onMoveUpItem, onMoveDownItem, onRemoveItem } = buttonsProps;
  const actions = [
    { label: t("rows.up", { place }), icon: IconArrowUp, act: onMoveUpItem, can: hasMoveUp },
    { label: t("rows.down", { place }), icon: IconArrowDown, act: onMoveDownItem, can: hasMoveDown },
    { label: t("rows.remove", { place }), icon: IconTrash, act: onRemoveItem, can: hasRemove },
  ];
  return (
    <li className={classes.row}>
      <Text size="xs" c="var(--wasl-muted)" className={classes.place} aria-hidden>
        {place}
      </Text>
      <div className={classes.member}>{children}</div>
      {disabled !== true && (
        <Group gap={0} wrap="nowrap" className={classes.actions}>
          {actions.map(({ label, icon: Icon, act, can }) => (
            <Tooltip key={label} label={label}>
              <ActionIcon size={28} aria-label={label} disabled={!can} onClick={act}>
                <Icon size={15} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
          ))}
        </Group>
      )}
    </li>
  );
}
