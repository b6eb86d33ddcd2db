/** The contact's tags, put on and taken off in place. */

import { ActionIcon, Pill, Popover, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { PickList } from "../actions/PickList";
import classes from "./panel.module.css";

type Contact = Schema<"ContactDetail">;

export function ContactTags({ contact }: { contact: Contact }) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const canWrite = useCan("crm:write");
  const [opened, { toggle, close }] = useDisclosure();
  const key = ["contacts", contact.id];
  const known =
    useQuery({
      queryKey: ["tags"],
      queryFn: ({ signal }) =>
        call(api.GET("/api/v1/crm/tags/", { params: { query: { page_size: 200 } }, signal })),
      staleTime: 60_000,
      enabled: opened,
    }).data?.results ?? [];
  const change = useMutation({
    mutationFn: ({ tag, on }: { tag: string; on: boolean }) => {
      const path = { id: contact.id };
      return on
        ? call(api.POST("/api/v1/crm/contacts/{id}/tags/", { params: { path }, body: { tag } }))
        : call(api.DELETE("/api/v1/crm/contacts/{id}/tags/", { params: { path, query: { tag } } }));
    },
    onMutate: ({ tag, on }) => {
      const before = client.getQueryData<Contact>(key);
      const others = contact.tags.filter((each) => each !== tag);
      client.setQueryData<Contact>(key, (old) => old && { ...old, tags: on ? [...others, tag] : others });
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(key, before);
      notifyFailure(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });

  if (!canWrite && contact.tags.length === 0) return null;
  return (
    <div className={classes.tags}>
      {contact.tags.map((tag) => (
        <Pill
          key={tag}
          withRemoveButton={canWrite}
          onRemove={() => change.mutate({ tag, on: false })}
          removeButtonProps={{ "aria-label": t("tags.remove", { tag }), tabIndex: 0, "aria-hidden": false }}
        >
          <bdi>{tag}</bdi>
        </Pill>
      ))}
      {canWrite && (
        <Popover opened={opened} onChange={(open) => !open && close()} width={240} shadow="md" trapFocus>
          <Popover.Target>
            <Tooltip label={t("tags.add")}>
              <ActionIcon
                size={24}
                radius="xl"
                variant="default"
                onClick={toggle}
                aria-label={t("tags.add")}
                aria-expanded={opened}
              >
                <IconPlus size={14} stroke={1.8} />
              </ActionIcon>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown p="xs">
            {opened && (
              <PickList
                label={t("tags.search")}
                empty={t("tags.none")}
                options={known
                  .filter(({ name }) => !contact.tags.includes(name))
                  .map(({ name }) => ({ id: name, name }))}
                onPick={(tag) => change.mutate({ tag, on: true })}
                create={{
                  text: (tag) => t("tags.create", { tag }),
                  run: (tag) => change.mutate({ tag, on: true }),
                }}
              />
            )}
          </Popover.Dropdown>
        </Popover>
      )}
    </div>
  );
}
