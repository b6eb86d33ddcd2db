/** Contacts that may be one person, group by group, to be looked at and merged. */

import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";
import { formatPhone } from "@/lib/phone";

import type { Contact } from "../model";
import { ContactLink } from "../parts/ContactLink";
import { MergeDialog } from "../profile/MergeDialog";
import { duplicatesQuery } from "../queries";

export function DuplicatesPage() {
  const { t } = useTranslation("contacts");
  const { data: groups, error, refetch } = useQuery(duplicatesQuery);
  const [merging, setMerging] = useState<readonly Contact[] | null>(null);
  const [first, ...others] = merging ?? [];
  return (
    <Page width="text">
      <PageHeader title={t("duplicates.title")} text={t("duplicates.text")}>
        <Button variant="default" renderRoot={(props) => <Link to="/contacts" {...props} />}>
          {t("back")}
        </Button>
      </PageHeader>
      {groups === undefined ? (
        error === null ? (
          <ListSkeleton />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : groups.length === 0 ? (
        <EmptyState icon={IconCircleCheck} title={t("duplicates.none")} text={t("duplicates.noneText")} />
      ) : (
        <Stack gap="sm">
          {groups.map((group) => (
            <Twins key={`${group.reason}:${group.value}`} group={group} onMerge={setMerging} />
          ))}
        </Stack>
      )}
      {first !== undefined && (
        <MergeDialog contact={first} suggested={others} onClose={() => setMerging(null)} />
      )}
    </Page>
  );
}

interface Props {
  group: Schema<"DuplicateGroup">;
  onMerge: (contacts: readonly Contact[]) => void;
}

function Twins({ group, onMerge }: Props) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const mayWrite = useCan("crm:write");
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <Badge variant="light" tt="none">
            {t(`duplicates.reason.${group.reason}`)}
          </Badge>
          <Text size="sm" fw={600} {...(group.reason === "name" ? { dir: "auto" } : { className: "ltr" })}>
            {group.reason === "phone" ? formatPhone(group.value) : group.value}
          </Text>
        </Group>
        {mayWrite && (
          <Button size="xs" variant="light" onClick={() => onMerge(group.contacts)}>
            {t("merge.look")}
          </Button>
        )}
      </Group>
      <Stack gap={8}>
        {group.contacts.map((contact) => (
          <Group key={contact.id} gap="sm" wrap="nowrap">
            <ContactAvatar name={contact.name} seed={contact.id} size={30} />
            <div style={{ minWidth: 0, flex: 1 }}>
              <ContactLink contact={contact} />
              <Text size="xs" c="var(--wasl-muted)" truncate>
                <span className="ltr">
                  {[contact.phone && formatPhone(contact.phone), contact.email].filter(Boolean).join(" · ")}
                </span>
              </Text>
            </div>
            <Text size="xs" c="var(--wasl-muted)">
              {format.date(contact.created_at)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
