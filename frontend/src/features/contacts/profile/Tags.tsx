/** The contact's tags, put on and taken off in place. */

import { ActionIcon, Group, Popover, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { TagPicker } from "@/components/relation";
import { api, call } from "@/lib/api";
import { useCan } from "@/lib/session";

import type { Contact } from "../model";
import { TagBadge } from "../parts/TagBadge";
import { contactQuery } from "../queries";
import classes from "./profile.module.css";

interface Change {
  readonly tag: string;
  readonly on: boolean;
}

export function Tags({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const mayWrite = useCan("crm:write");
  const [adding, add] = useDisclosure(false);
  const { queryKey } = contactQuery(contact.id);
  const path = { id: contact.id };
  const change = useMutation({
    mutationFn: ({ tag, on }: Change) =>
      on
        ? call(api.POST("/api/v1/crm/contacts/{id}/tags/", { params: { path }, body: { tag } }))
        : call(api.DELETE("/api/v1/crm/contacts/{id}/tags/", { params: { path, query: { tag } } })),
    onMutate: async ({ tag, on }) => {
      await client.cancelQueries({ queryKey, exact: true });
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (known) =>
        known === undefined
          ? known
          : { ...known, tags: on ? [...known.tags, tag] : known.tags.filter((each) => each !== tag) },
      );
      return { before };
    },
    onError: (error, _, context) => {
      client.setQueryData(queryKey, context?.before);
      notifyFailure(error);
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["contacts"] });
      await client.invalidateQueries({ queryKey: ["tags"] });
    },
  });
  return (
    <section className={classes.section}>
      <h2 className={classes.sectionTitle}>
        {t("column.tags")}
        {mayWrite && (
          <Popover opened={adding} onChange={(opened) => !opened && add.close()} shadow="md" trapFocus>
            <Popover.Target>
              <ActionIcon onClick={add.toggle} aria-label={t("tags.add")}>
                <IconPlus size={16} />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown w={260}>
              <TagPicker
                value={[]}
                aria-label={t("tags.add")}
                placeholder={t("tags.pick")}
                onChange={([tag]) => {
                  if (tag !== undefined && !contact.tags.includes(tag)) change.mutate({ tag, on: true });
                  add.close();
                }}
              />
            </Popover.Dropdown>
          </Popover>
        )}
      </h2>
      {contact.tags.length === 0 && (
        <Text size="sm" c="var(--wasl-muted)">
          {t("tags.none")}
        </Text>
      )}
      <Group gap={6}>
        {contact.tags.map((tag) => (
          <TagBadge
            key={tag}
            name={tag}
            {...(mayWrite && {
              remove: {
                label: t("tags.remove", { tag }),
                run: () => change.mutate({ tag, on: false }),
              },
            })}
          />
        ))}
      </Group>
    </section>
  );
}
