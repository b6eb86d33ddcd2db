/** Who is inside a segment now; of a list kept by hand, contacts are put in and taken out here. */

import { ActionIcon, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { Failure, ListSkeleton, notifyFailure } from "@/components/feedback";
import { ContactPicker } from "@/components/relation";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { titleOf } from "../model";
import { ContactLink } from "../parts/ContactLink";
import classes from "./segments.module.css";

const PAGE = 50;

export function Inside({ segment }: { segment: Schema<"Segment"> }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const client = useQueryClient();
  const mayChange = useCan("crm:write") && segment.kind === "static";
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["segments", segment.id, "contacts", segment.computed_at],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/v1/crm/segments/{id}/contacts/", {
          params: { path: { id: segment.id }, query: { page: pageParam, page_size: PAGE } },
          signal,
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: ({ next }, pages) => (next ? pages.length + 1 : undefined),
  });
  const move = useMutation({
    mutationFn: ({ id, into }: { id: string; into: boolean }) => {
      const request = { params: { path: { id: segment.id } }, body: { contact_ids: [id] } };
      return into
        ? call(api.POST("/api/v1/crm/segments/{id}/add/", request))
        : call(api.POST("/api/v1/crm/segments/{id}/remove/", request));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["segments"] }),
    onError: (failure) => notifyFailure(failure),
  });
  const rows = data?.pages.flatMap(({ results }) => results);
  return (
    <section aria-label={t("segments.inside")}>
      <Group justify="space-between" mb="xs">
        <Text fw={600} component="h2" size="sm">
          {t("segments.inside")} · {format.number(segment.size)}
        </Text>
      </Group>
      {segment.state === "computing" && (
        <Progress value={segment.progress * 100} animated mb="sm" aria-label={t("segments.computing")} />
      )}
      {mayChange && (
        <ContactPicker
          value={null}
          onChange={(id) => id !== null && move.mutate({ id, into: true })}
          placeholder={t("segments.add")}
          aria-label={t("segments.add")}
        />
      )}
      {rows === undefined ? (
        error === null ? (
          <ListSkeleton rows={4} />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : (
        <Stack gap={0} mt="xs">
          {rows.length === 0 && (
            <Text size="sm" c="var(--wasl-muted)">
              {t("segments.nobody")}
            </Text>
          )}
          {rows.map(({ contact, entered_at: entered }) => (
            <div key={contact.id} className={classes.person}>
              <ContactAvatar name={contact.name} seed={contact.id} size={28} />
              <ContactLink contact={contact} />
              <Text size="xs" c="var(--wasl-muted)" ms="auto">
                {format.relative(entered)}
              </Text>
              {mayChange && (
                <ActionIcon
                  aria-label={t("segments.remove", { name: titleOf(contact) || t("nameless") })}
                  onClick={() => move.mutate({ id: contact.id, into: false })}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </div>
          ))}
        </Stack>
      )}
      {hasNextPage && (
        <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("timeline.more")}
        </Button>
      )}
    </section>
  );
}
