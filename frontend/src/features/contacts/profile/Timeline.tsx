/** What happened to and with the contact, newest first; one kind alone if wanted. */

import { Button, Chip, Group, Text } from "@mantine/core";
import {
  IconBan,
  IconBolt,
  IconMessage,
  IconMessages,
  IconNotes,
  IconRoute,
  IconTag,
  IconTimeline,
  IconUser,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { KINDS, type Kind } from "../model";
import { useColumnLabel } from "../parts/useColumnLabel";
import { columnsQuery, timelineQuery } from "../queries";
import classes from "./profile.module.css";
import { isTold, quoteOf } from "./told";

type Entry = Schema<"TimelineEvent">;

const SIGNS: Readonly<Record<Kind, typeof IconUser>> = {
  message: IconMessage,
  conversation: IconMessages,
  contact: IconUser,
  consent: IconBan,
  tag: IconTag,
  segment: IconUsersGroup,
  note: IconNotes,
  workflow: IconRoute,
  other: IconBolt,
};

interface Props {
  contactId: string;
  kinds: readonly Kind[];
  onKinds: (kinds: Kind[]) => void;
}

export function Timeline({ contactId, kinds, onKinds }: Props) {
  const { t } = useTranslation("contacts");
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    timelineQuery(contactId, kinds),
  );
  const entries = data?.pages.flatMap(({ results }) => results);
  return (
    <>
      <Chip.Group
        multiple
        value={[...kinds]}
        onChange={(chosen) => onKinds(KINDS.filter((kind) => chosen.includes(kind)))}
      >
        <Group gap={6} mb="md" role="group" aria-label={t("timeline.show")}>
          {KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="xs" variant="light">
              {t(`timeline.kinds.${kind}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {entries === undefined ? (
        error === null ? (
          <ListSkeleton rows={6} />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : entries.length === 0 ? (
        <EmptyState icon={IconTimeline} title={t("timeline.empty")} />
      ) : (
        <ol className={classes.timeline}>
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("timeline.more")}
        </Button>
      )}
    </>
  );
}

/** The changed fields by their names. */
function useFieldNames(fields = ""): string[] {
  const labelOf = useColumnLabel();
  const { data: columns } = useQuery(columnsQuery);
  return fields
    .split(", ")
    .filter(Boolean)
    .map((key) => labelOf({ key, label: columns?.find((column) => column.key === key)?.label ?? key }));
}

function Line({ entry }: { entry: Entry }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const Sign = SIGNS[entry.kind];
  const params = { ...entry.title.params, fields: format.list(useFieldNames(entry.title.params.fields)) };
  const quote = quoteOf(entry);
  return (
    <li className={classes.entry}>
      <span className={classes.sign} aria-hidden>
        <Sign size={15} stroke={1.7} />
      </span>
      <div className={classes.entryText}>
        {isTold(entry.type) ? t(`timeline.told.${entry.type}`, params) : entry.title.label}
        {quote !== "" && (
          <p className={classes.quote} dir="auto" data-prose>
            {quote}
          </p>
        )}
        {entry.conversation_id !== null && (
          <Text size="xs" mt={2}>
            <Link
              to="/inbox/$conversationId"
              params={{ conversationId: entry.conversation_id }}
              className={classes.plainLink}
            >
              {t("timeline.conversation")}
            </Link>
          </Text>
        )}
      </div>
      <time className={classes.when} dateTime={entry.occurred_at} title={format.dateTime(entry.occurred_at)}>
        {format.relative(entry.occurred_at)}
      </time>
    </li>
  );
}
