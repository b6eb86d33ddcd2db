/** One conversation of the list: whose, on which channel, what was said last, and where it stands. */

import { ActionIcon, Checkbox, Tooltip } from "@mantine/core";
import {
  IconCircleCheck,
  IconClockPause,
  IconMail,
  IconMailOpened,
  IconRobot,
  IconSitemap,
  IconUser,
  IconUserPlus,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { useFormat } from "@/lib/format";

import { nameOf } from "../model/names";
import type { Conversation } from "../model/types";
import { Excerpt } from "./Excerpt";
import classes from "./list.module.css";

/** What can be done with a row, by whoever shows it; the same functions for all rows, so that rows are drawn once. */
export interface RowActions {
  readonly toggle: (id: string, range: boolean) => void;
  readonly resolve: (row: Conversation) => void;
  readonly snooze: (row: Conversation) => void;
  readonly assign: (row: Conversation) => void;
  readonly read: (row: Conversation) => void;
  readonly focused: (id: string) => void;
}

interface Props {
  row: Conversation;
  me: string;
  canWrite: boolean;
  active: boolean;
  selected: boolean;
  selecting: boolean;
  actions: RowActions;
}

const CONTROL_ICONS = { bot: IconRobot, workflow: IconSitemap, human: null } as const;

export const ConversationRow = memo(function ConversationRow(props: Props) {
  const { row, me, active, selected, selecting, actions, canWrite } = props;
  const { t } = useTranslation("inbox");
  const format = useFormat();
  // A row is drawn many times while the list scrolls: what is for the pointer or the focus comes with these.
  const [near, setNear] = useState(false);
  const shift = useRef(false);
  const name = nameOf(row.contact) ?? t("unnamed");
  const unread = row.unread_count > 0;
  const ControlIcon = CONTROL_ICONS[row.control];

  return (
    <div
      className={classes.row}
      data-active={active || undefined}
      data-selected={selected || undefined}
      data-selecting={selecting || undefined}
      data-unread={unread || undefined}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(false)}
      onFocus={() => setNear(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setNear(false);
      }}
    >
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: row.id }}
        search
        className={classes.rowLink}
        data-row={row.id}
        preload={false}
        aria-current={active ? "true" : undefined}
        aria-label={t("list.open", { name, count: row.unread_count })}
        onFocus={() => actions.focused(row.id)}
        onClick={(event) => {
          if (!selecting || event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          actions.toggle(row.id, event.shiftKey);
        }}
      />
      <div className={classes.picture}>
        <ContactAvatar name={name} seed={row.contact.id} provider={row.channel.provider} size={38} />
        {canWrite && (near || selecting) && (
          <Checkbox
            className={classes.check}
            checked={selected}
            onClick={(event) => {
              shift.current = event.shiftKey;
            }}
            onChange={() => actions.toggle(row.id, shift.current)}
            aria-label={t("list.select", { name })}
          />
        )}
      </div>
      <div className={classes.lines}>
        <div className={classes.line}>
          <span className={classes.name} dir="auto">
            {name}
          </span>
          {row.last_message_at !== null && (
            <span className={classes.time}>{format.short(row.last_message_at)}</span>
          )}
        </div>
        <div className={classes.line}>
          <Excerpt message={row.last_message} mine={row.last_message?.author === me} />
          {unread && (
            <span className={classes.badge}>
              {row.unread_count >= 100 ? `${format.number(99)}+` : format.number(row.unread_count)}
            </span>
          )}
        </div>
        <div className={classes.meta}>
          {ControlIcon !== null && (
            <ControlIcon size={14} stroke={1.7} role="img" aria-label={t(`control.by.${row.control}`)} />
          )}
          {row.status === "snoozed" && (
            <span className={classes.fact}>
              <IconClockPause size={14} stroke={1.7} aria-hidden />
              {row.snoozed_until === null ? t("status.snoozed") : format.short(row.snoozed_until)}
            </span>
          )}
          {(row.status === "closed" || row.status === "pending") && (
            <span className={classes.fact}>{t(`status.${row.status}`)}</span>
          )}
          {row.assignee === null ? (
            <span className={classes.fact}>{t("list.nobody")}</span>
          ) : (
            <span className={classes.fact}>
              <IconUser size={13} stroke={1.7} role="img" aria-label={t("filters.assignee")} />
              <bdi>{row.assignee.name}</bdi>
            </span>
          )}
          {row.labels.slice(0, 2).map((label) => (
            <span key={label.id} className={classes.label} dir="auto">
              <i className={classes.dot} style={{ background: label.color }} aria-hidden />
              {label.name}
            </span>
          ))}
          {row.labels.length > 2 && (
            <span className={classes.fact}>+{format.number(row.labels.length - 2)}</span>
          )}
        </div>
      </div>
      {near && !selecting && <Quick {...props} />}
    </div>
  );
});

/** What shows while the pointer or the focus is on the row. */
function Quick({ row, actions, canWrite }: Props) {
  const { t } = useTranslation("inbox");
  const closed = row.status === "closed";
  const unread = row.unread_count > 0;
  return (
    <div className={classes.quick}>
      <Tooltip label={t(unread ? "actions.read" : "actions.unread")}>
        <ActionIcon
          size={28}
          onClick={() => actions.read(row)}
          aria-label={t(unread ? "actions.read" : "actions.unread")}
        >
          {unread ? <IconMailOpened size={17} stroke={1.6} /> : <IconMail size={17} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
      {canWrite && !closed && (
        <>
          <Tooltip label={t("actions.assign")}>
            <ActionIcon size={28} onClick={() => actions.assign(row)} aria-label={t("actions.assign")}>
              <IconUserPlus size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("actions.snooze")}>
            <ActionIcon size={28} onClick={() => actions.snooze(row)} aria-label={t("actions.snooze")}>
              <IconClockPause size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("actions.resolve")}>
            <ActionIcon size={28} onClick={() => actions.resolve(row)} aria-label={t("actions.resolve")}>
              <IconCircleCheck size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </div>
  );
}
