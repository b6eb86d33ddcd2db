/** What can be done with a row or a group. */

import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconBoxMultiple,
  IconBoxOff,
  IconDots,
  IconEqualNot,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useBuilder } from "./context";
import { canUnwrap, negated, type Path, removed, stepped, unwrapped, wrapped } from "./edit";
import classes from "./predicate.module.css";

interface Props {
  path: Path;
  isGroup: boolean;
}

export function NodeMenu({ path, isGroup }: Props) {
  const { t } = useTranslation("predicate");
  const { root, change, settle, disabled } = useBuilder();
  if (disabled) return null;
  const up = stepped(root, path, -1);
  const down = stepped(root, path, 1);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          size={28}
          className={classes.actions}
          aria-label={t(isGroup ? "menu.group" : "menu.line")}
        >
          <IconDots size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp size={15} />} disabled={up === null} onClick={() => settle(up)}>
          {t("menu.up")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={15} />}
          disabled={down === null}
          onClick={() => settle(down)}
        >
          {t("menu.down")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconEqualNot size={15} />} onClick={() => change(negated(root, path))}>
          {t(path.at(-1) === "not" ? "menu.affirm" : "menu.negate")}
        </Menu.Item>
        <Menu.Item leftSection={<IconBoxMultiple size={15} />} onClick={() => change(wrapped(root, path))}>
          {t("menu.wrap")}
        </Menu.Item>
        {isGroup && (
          <Menu.Item
            leftSection={<IconBoxOff size={15} />}
            disabled={!canUnwrap(root, path)}
            onClick={() => change(unwrapped(root, path))}
          >
            {t("menu.unwrap")}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => change(removed(root, path))}
        >
          {t("menu.remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
