/** Beside a conversation: who the customer is, what the team knows, and what else happened. */

import { Accordion, Anchor, Group, Stack, Text } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ContactAvatar, ProviderIcon } from "@/components/conversation";
import { api, call } from "@/lib/api";
import { useCan } from "@/lib/session";
import { formatPhone } from "@/lib/phone";

import { addressesOf } from "../model/names";
import type { ConversationDetail } from "../model/types";
import { ContactFields } from "./ContactFields";
import { ContactNotes } from "./ContactNotes";
import { ContactTags } from "./ContactTags";
import { Executions } from "./Executions";
import { OtherConversations } from "./OtherConversations";
import classes from "./panel.module.css";
import { RecentEvents } from "./RecentEvents";

interface Props {
  conversation: ConversationDetail;
  name: string;
}

export function ContactPanel({ conversation, name }: Props) {
  const { t } = useTranslation("inbox");
  const canRead = useCan("crm:read");
  const canSeeWorkflows = useCan("workflow:read");
  const { contact } = conversation;
  const detail = useQuery({
    queryKey: ["contacts", contact.id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/crm/contacts/{id}/", { params: { path: { id: contact.id } }, signal })),
    enabled: canRead,
  }).data;

  return (
    <Stack gap={0} className={classes.panel}>
      <Stack align="center" gap={6} p="md" pb="sm">
        <ContactAvatar name={name} seed={contact.id} size={56} />
        <Text fw={650} ta="center" dir="auto">
          {name}
        </Text>
        {contact.phone !== "" && (
          <Anchor href={`tel:${contact.phone}`} size="sm" className="ltr">
            {formatPhone(contact.phone)}
          </Anchor>
        )}
        {contact.opted_out_at !== null && (
          <Text size="xs" c="var(--mantine-color-error)">
            {t("panel.optedOut")}
          </Text>
        )}
        {canRead && (
          <Anchor href={`/contacts/${contact.id}`} size="sm">
            <Group gap={4}>
              {t("panel.profile")} <IconExternalLink size={14} stroke={1.7} aria-hidden />
            </Group>
          </Anchor>
        )}
      </Stack>
      {detail !== undefined && <ContactTags contact={detail} />}
      <Accordion
        multiple
        defaultValue={["about", "notes", "executions"]}
        chevronPosition="right"
        order={3}
        classNames={{
          item: classes.item,
          control: classes.control,
          label: classes.heading,
          content: classes.content,
        }}
      >
        {detail !== undefined && (
          <Section value="about" title={t("panel.about")}>
            <ContactFields contact={detail} />
            {detail.identities.length > 0 && (
              <ul className={classes.identities} aria-label={t("panel.identities")}>
                {addressesOf(detail.identities).map(({ provider, address }) => (
                  <li key={`${provider} ${address}`}>
                    <ProviderIcon provider={provider} />
                    <bdi className="ltr">{address}</bdi>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        )}
        {detail !== undefined && (
          <Section value="notes" title={t("panel.notes")}>
            <ContactNotes contactId={contact.id} />
          </Section>
        )}
        {canSeeWorkflows && (
          <Section value="executions" title={t("panel.executions")}>
            <Executions contactId={contact.id} />
          </Section>
        )}
        {conversation.other_conversations.length > 0 && (
          <Section value="others" title={t("panel.others")}>
            <OtherConversations conversations={conversation.other_conversations} />
          </Section>
        )}
        {canRead && (
          <Section value="timeline" title={t("panel.timeline")}>
            <RecentEvents contactId={contact.id} />
          </Section>
        )}
      </Accordion>
    </Stack>
  );
}

function Section({ value, title, children }: { value: string; title: string; children: React.ReactNode }) {
  return (
    <Accordion.Item value={value}>
      <Accordion.Control>{title}</Accordion.Control>
      <Accordion.Panel>{children}</Accordion.Panel>
    </Accordion.Item>
  );
}
