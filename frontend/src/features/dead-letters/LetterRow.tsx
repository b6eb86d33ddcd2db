/** One dead letter: what it was about, why it was given up, and what can be done with it. */

import { Badge, Button, Checkbox, Code, Group, Text } from "@mantine/core";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import classes from "./dead-letters.module.css";
import type { Letter } from "./queries";

interface Props {
  letter: Letter;
  /** Whether it may be put back and let go. */
  writes: boolean;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
  onRedrive: () => void;
  onDiscard: () => void;
}

export function LetterRow({ letter, writes, chosen, onChoose, onRedrive, onDiscard }: Props) {
  const { t } = useTranslation("dead-letters");
  const format = useFormat();
  const { about } = letter;
  const subject = t(`subjects.${about.subject}`);
  return (
    <li className={classes.row}>
      {writes && (
        <Checkbox
          mt={3}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
          aria-label={t("choose", { subject, text: about.text || letter.ref })}
        />
      )}
      <div className={classes.text}>
        <Group gap="xs">
          <Text fw={600} size="sm">
            {subject}
          </Text>
          {about.text !== "" && (
            <Text size="sm" dir="auto" lineClamp={1}>
              {about.text}
            </Text>
          )}
          {!letter.known && (
            <Badge color="gray" variant="light">
              {t("unknown")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="var(--wasl-muted)">
          {format.dateTime(letter.created_at)} · {t("attempts", { count: letter.attempts })} ·{" "}
          <bdi>{letter.kind}</bdi>
        </Text>
        <Code className={classes.error} dir="auto">
          {letter.error}
        </Code>
        <Group gap="md" mt={6}>
          <Places letter={letter} />
        </Group>
      </div>
      {writes && (
        <Group gap="xs" wrap="nowrap">
          <Button
            size="xs"
            variant="default"
            disabled={!letter.known}
            leftSection={<IconRefresh size={15} stroke={1.6} />}
            onClick={onRedrive}
          >
            {t("redrive")}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={15} stroke={1.6} />}
            onClick={onDiscard}
          >
            {t("discard")}
          </Button>
        </Group>
      )}
    </li>
  );
}

/** Where the letter's matter is to be seen. */
function Places({ letter: { about } }: { letter: Letter }) {
  const { t } = useTranslation("dead-letters");
  return (
    <>
      {about.execution_id !== null && (
        <Link
          to="/executions/$executionId"
          params={{ executionId: about.execution_id }}
          className={classes.link}
        >
          {t("subjects.execution")}
        </Link>
      )}
      {about.event_id !== null && (
        <Link to="/events/$eventId" params={{ eventId: about.event_id }} className={classes.link}>
          {t("subjects.event")}
        </Link>
      )}
      {about.conversation_id !== null && (
        <Link
          to="/inbox/$conversationId"
          params={{ conversationId: about.conversation_id }}
          className={classes.link}
        >
          {t("subjects.conversation")}
        </Link>
      )}
    </>
  );
}
