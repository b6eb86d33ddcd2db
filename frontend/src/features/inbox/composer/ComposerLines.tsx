/** What stands above the text while writing: what is answered, who else answers, why only templates may be sent. */

import { Button, CloseButton, Text } from "@mantine/core";
import { IconArrowBackUp, IconClockOff, IconRobot, IconTemplate } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useMe } from "@/lib/session";

import type { ConversationDetail, Message } from "../model/types";
import { useActions } from "../sync/useActions";
import classes from "./composer.module.css";

interface ReplyProps {
  message: Message;
  contactName: string;
  onCancel: () => void;
}

export function ReplyLine({ message, contactName, onCancel }: ReplyProps) {
  const { t } = useTranslation("inbox");
  const who = message.direction === "in" ? contactName : message.author_shown.name;
  return (
    <div className={classes.line}>
      <IconArrowBackUp size={16} stroke={1.7} className={classes.mirrored} aria-hidden />
      <div className={classes.lineText}>
        <Text size="xs" fw={600}>
          {t("composer.replyTo", { name: who })}
        </Text>
        <Text size="xs" c="var(--wasl-muted)" truncate dir="auto">
          {message.text === "" ? t(`kinds.${message.type}`) : message.text}
        </Text>
      </div>
      <CloseButton size="sm" onClick={onCancel} aria-label={t("composer.cancelReply")} />
    </div>
  );
}

export function ControlOffer({ conversation }: { conversation: ConversationDetail }) {
  const { t } = useTranslation("inbox");
  const me = useMe().user;
  const { takeOver } = useActions();
  return (
    <div className={classes.line} role="status">
      <IconRobot size={16} stroke={1.7} aria-hidden />
      <Text size="xs" className={classes.lineText}>
        {t(conversation.control === "workflow" ? "control.workflowAnswers" : "control.botAnswers")}
      </Text>
      {me !== null && (
        <Button
          size="compact-xs"
          variant="light"
          onClick={() => takeOver(conversation.id, { id: me.id, name: me.name })}
        >
          {t("control.takeOver")}
        </Button>
      )}
    </div>
  );
}

export function WindowClosed({ never, onPick }: { never: boolean; onPick: () => void }) {
  const { t } = useTranslation("inbox");
  return (
    <div className={classes.closed}>
      <IconClockOff size={20} stroke={1.6} aria-hidden />
      <Text size="sm" flex={1} miw={220}>
        {t(never ? "window.never" : "window.closed")}
      </Text>
      <Button size="sm" leftSection={<IconTemplate size={16} />} onClick={onPick}>
        {t("window.choose")}
      </Button>
    </div>
  );
}
