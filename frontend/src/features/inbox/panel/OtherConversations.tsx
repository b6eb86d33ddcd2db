/** The contact's other conversations. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProviderIcon } from "@/components/conversation";
import { useFormat } from "@/lib/format";

import type { ConversationDetail } from "../model/types";
import classes from "./panel.module.css";

export function OtherConversations({
  conversations,
}: {
  conversations: ConversationDetail["other_conversations"];
}) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  return conversations.map(({ id, channel, status, last_message_at: last, created_at: created }) => (
    <Link key={id} to="/inbox/$conversationId" params={{ conversationId: id }} search className={classes.row}>
      <span className={classes.rowMore}>
        <ProviderIcon provider={channel.provider} />
        <bdi>{channel.name}</bdi>
        <span>{t(`status.${status}`)}</span>
        <span>{format.relative(last ?? created)}</span>
      </span>
    </Link>
  ));
}
