/** One message of a thread: who, what, what became of it, and what can be done with it. */

import { ActionIcon, Button, CopyButton, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBroadcast,
  IconCheck,
  IconCopy,
  IconDeviceMobile,
  IconKey,
  IconLock,
  IconRefresh,
  IconRobot,
  IconSitemap,
} from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Message } from "../model/types";
import { DeliveryState } from "./DeliveryState";
import { MessageBody } from "./MessageBody";
import { QuoteBlock } from "./QuoteBlock";
import { ReactButton } from "./ReactButton";
import classes from "./thread.module.css";
import { useFailureText } from "./useFailureText";

/** The same functions for all messages, so that a message is drawn anew only when it has changed. */
export interface MessageActions {
  readonly reply: (message: Message) => void;
  readonly react: (message: Message, emoji: string) => void;
  readonly retry: (message: Message) => void;
  readonly jump: (seq: number) => void;
}

interface Props {
  message: Message;
  first: boolean;
  last: boolean;
  /** Whether the reader wrote it. */
  mine: boolean;
  /** Whether it failed and was sent again already. */
  retried: boolean;
  contactName: string;
  canWrite: boolean;
  canReact: boolean;
  actions: MessageActions;
}

const AUTHOR_ICONS: Readonly<Partial<Record<Message["author_shown"]["kind"], typeof IconRobot>>> = {
  workflow: IconSitemap,
  agent: IconRobot,
  key: IconKey,
  broadcast: IconBroadcast,
  phone_app: IconDeviceMobile,
};

export const MessageItem = memo(function MessageItem(props: Props) {
  const { message, first, last, mine, contactName, actions } = props;
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const side = message.direction === "in" ? "in" : "out";
  const note = message.direction === "note";
  const { kind, name } = message.author_shown;
  const AuthorIcon = AUTHOR_ICONS[kind];
  const author =
    kind === "contact" ? contactName : name === "" ? t(`authors.${kind}`) : mine ? t("authors.you") : name;

  if (message.type === "system")
    return (
      <div className={classes.middle} data-seq={message.seq}>
        <bdi>{message.text === "" ? t("kinds.system") : message.text}</bdi>
      </div>
    );

  return (
    <article
      className={classes.message}
      data-side={side}
      data-kind={note ? "note" : "message"}
      data-first={first || undefined}
      data-last={last || undefined}
      data-seq={message.seq}
      tabIndex={-1}
      aria-label={t("thread.by", { author, at: format.dateTime(message.sent_at) })}
    >
      {first && (side === "out" || note) && (
        <div className={classes.author}>
          {note && <IconLock size={13} stroke={1.8} aria-hidden />}
          {AuthorIcon !== undefined && <AuthorIcon size={14} stroke={1.7} aria-hidden />}
          <bdi>{author}</bdi>
          {note && <span>· {t("thread.note")}</span>}
        </div>
      )}
      <div className={classes.bubble}>
        {message.quoted !== null && (
          <QuoteBlock quote={message.quoted} contactName={contactName} onJump={actions.jump} />
        )}
        <MessageBody message={message} />
        <Tools {...props} />
      </div>
      {message.reactions.length > 0 && (
        <div className={classes.reactions}>
          {message.reactions.map(({ emoji, direction, author: by }) => (
            <span
              key={direction}
              className={classes.reaction}
              role="img"
              aria-label={t("thread.reacted", {
                emoji,
                author: direction === "in" ? contactName : by.name,
              })}
            >
              {emoji}
            </span>
          ))}
        </div>
      )}
      {(last || message.state === "failed" || message.state === "unknown") && (
        <div className={classes.foot}>
          {message.edited_at !== null && <span>{t("thread.edited")}</span>}
          <time dateTime={message.sent_at} title={format.dateTime(message.sent_at)}>
            {format.time(message.sent_at)}
          </time>
          {message.direction === "out" && <DeliveryState state={message.state} message={message} />}
        </div>
      )}
      {message.failure !== null && <FailureLine {...props} failure={message.failure} />}
    </article>
  );
});

function Tools({ message, canWrite, canReact, actions }: Props) {
  const { t } = useTranslation("inbox");
  const outside = message.direction !== "note" && message.revoked_at === null;
  const reaches = outside && message.provider_message_id !== null && canWrite;
  return (
    <div className={classes.tools}>
      {reaches && canReact && <ReactButton onPick={(emoji) => actions.react(message, emoji)} />}
      {reaches && (
        <Tooltip label={t("thread.reply")}>
          <ActionIcon size={26} onClick={() => actions.reply(message)} aria-label={t("thread.reply")}>
            <IconArrowBackUp size={16} stroke={1.7} className={classes.mirrored} />
          </ActionIcon>
        </Tooltip>
      )}
      {message.text !== "" && (
        <CopyButton value={message.text}>
          {({ copied, copy }) => (
            <Tooltip label={t(copied ? "thread.copied" : "thread.copy")}>
              <ActionIcon size={26} onClick={copy} aria-label={t(copied ? "thread.copied" : "thread.copy")}>
                {copied ? <IconCheck size={16} stroke={1.7} /> : <IconCopy size={16} stroke={1.7} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      )}
    </div>
  );
}

function FailureLine({
  message,
  failure,
  retried,
  canWrite,
  actions,
}: Props & { failure: NonNullable<Message["failure"]> }) {
  const { t } = useTranslation("inbox");
  const text = useFailureText(failure);
  return (
    <div className={classes.failure}>
      <span className={classes.failureText} role="note">
        <IconAlertTriangle
          size={15}
          stroke={1.8}
          style={{ flexShrink: 0, marginBlockStart: 2 }}
          aria-hidden
        />
        <span>
          {text}
          {failure.code === "other" && message.error !== "" && (
            <bdi style={{ display: "block" }}>{message.error}</bdi>
          )}
        </span>
      </span>
      {canWrite && !retried && failure.again && message.state === "failed" && (
        <Button
          size="compact-xs"
          variant="light"
          color="red"
          leftSection={<IconRefresh size={14} />}
          onClick={() => actions.retry(message)}
        >
          {t("thread.again")}
        </Button>
      )}
    </div>
  );
}
