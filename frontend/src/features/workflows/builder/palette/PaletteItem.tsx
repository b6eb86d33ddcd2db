/** One thing of the palette: what it does, whether it can be undone, and what is missing for it. */

import { Text, ThemeIcon, Tooltip } from "@mantine/core";
import { IconPlugConnectedX, IconSend } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { DRAGGED, lookOf } from "@/components/graph";

import classes from "../builder.module.css";
import { useBuilder } from "../useBuilder";
import type { Item } from "./useEntries";

interface Props {
  id: string;
  item: Item;
  /** What it is dragged as. */
  dragKey: string;
  isCurrent: boolean;
  lacksChannel: boolean;
  onAdd: () => void;
}

export function PaletteItem({ id, item, dragKey, isCurrent, lacksChannel, onAdd }: Props) {
  const { t } = useTranslation("workflows");
  const { words } = useBuilder();
  const isBlock = item.kind === "block";
  const label = isBlock
    ? words.label(item.block)
    : item.eventType === ""
      ? words.trigger(item.trigger.slug)
      : words.event(item.eventType);
  const description = isBlock
    ? words.description(item.block)
    : item.eventType === ""
      ? words.triggerDescription(item.trigger)
      : words.trigger(item.trigger.slug);
  const { icon: Icon, color } = isBlock
    ? lookOf(item.block.category, item.block.icon)
    : lookOf("trigger", item.trigger.icon);
  const effect = isBlock ? item.block.effect : null;
  return (
    // The keys are handled by the search field above, which this list belongs to.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the list's keys choose and add, see Palette
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isCurrent}
      className={classes.item}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, dragKey);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={onAdd}
    >
      <ThemeIcon size={32} radius="md" variant="light" color={color}>
        <Icon size={18} stroke={1.6} aria-hidden />
      </ThemeIcon>
      <div className={classes.itemWords}>
        <Text size="sm" fw={550} dir="auto" truncate>
          {label}
        </Text>
        <Text size="xs" c="var(--wasl-muted)" dir="auto" lineClamp={2}>
          {description}
        </Text>
        {lacksChannel && (
          <Text size="xs" c="orange" component="span" className={classes.lack}>
            <IconPlugConnectedX size={14} stroke={1.6} aria-hidden />
            {t("builder.palette.needsChannel")}
          </Text>
        )}
      </div>
      {effect === "irreversible" && (
        <Tooltip label={words.effect(effect)}>
          <IconSend size={14} stroke={1.6} className={classes.itemEffect} aria-label={words.effect(effect)} />
        </Tooltip>
      )}
    </div>
  );
}
