/** A message as its reader sees it: a chat bubble with its picture, text and buttons. */

import { Text } from "@mantine/core";
import { IconPaperclip, IconTemplate } from "@tabler/icons-react";

import { type Message, sampleOf } from "./message";
import classes from "./run.module.css";

interface Props {
  message: Message;
  /** The text still holds variables, which are shown as what may stand there. */
  isSample?: boolean;
}

export function MessageBubble({ message, isSample = false }: Props) {
  const { text, mediaUrl, template, buttons } = message;
  return (
    <div className={classes.bubble}>
      {template !== "" && (
        <Text size="xs" className={classes.attachment}>
          <IconTemplate size={14} aria-hidden />
          <span dir="auto">{template}</span>
        </Text>
      )}
      {mediaUrl !== "" && (
        <Text size="xs" className={classes.attachment}>
          <IconPaperclip size={14} aria-hidden />
          <span className="ltr">{mediaUrl}</span>
        </Text>
      )}
      {text !== "" && (
        <Text size="sm" dir="auto" className={classes.bubbleText}>
          {isSample
            ? sampleOf(text).map((piece, index) =>
                piece.isVariable ? (
                  <mark key={index}>{piece.text}</mark>
                ) : (
                  <span key={index}>{piece.text}</span>
                ),
              )
            : text}
        </Text>
      )}
      {buttons.map((button) => (
        <Text key={button} size="sm" ta="center" dir="auto" className={classes.bubbleButton}>
          {button}
        </Text>
      ))}
    </div>
  );
}
