/** The contact's conversations, the latest first; each leads to the inbox. */

import { Text } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProviderIcon } from "@/components/conversation";
import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { useFormat } from "@/lib/format";

import { conversationsQuery } from "../queries";
import classes from "./profile.module.css";

export function Conversations({ contactId }: { contactId: string }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { data, error, refetch } = useQuery(conversationsQuery(contactId));
  if (data === undefined)
    return error === null ? (
      <ListSkeleton rows={4} />
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  if (data.results.length === 0)
    return (
      <EmptyState icon={IconMessages} title={t("conversations.none")} text={t("conversations.noneText")} />
    );
  return (
    <ul className={classes.rows}>
      {data.results.map((conversation) => (
        <li key={conversation.id} className={classes.row}>
          <ProviderIcon provider={conversation.channel.provider} size={20} />
          <div className={classes.rowText}>
            <Link
              to="/inbox/$conversationId"
              params={{ conversationId: conversation.id }}
              className={classes.rowLink}
              dir="auto"
            >
              {conversation.channel.name}
            </Link>
            {conversation.last_message !== null && (
              <Text size="sm" c="var(--wasl-muted)" truncate dir="auto">
                {conversation.last_message.text}
              </Text>
            )}
          </div>
          <div className={classes.when}>
            {t(`conversations.status.${conversation.status}`)}
            {conversation.last_message_at !== null && ` · ${format.short(conversation.last_message_at)}`}
          </div>
        </li>
      ))}
    </ul>
  );
}
