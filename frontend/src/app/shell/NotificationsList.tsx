/** The latest that the member was told, with the way to each. Loaded when it is opened. */

import { Button, Group, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconBellCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton, notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { NOTIFICATIONS } from "./notificationsKey";
import classes from "./Shell.module.css";

export function NotificationsList({ unread, onDone }: { unread: number; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: [...NOTIFICATIONS, "list"],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/api/v1/notifications/", { params: { query: { page: pageParam } }, signal })),
    getNextPageParam: (last, pages) => (last.next == null ? undefined : pages.length + 1),
  });
  const readAll = useMutation({
    mutationFn: () => call(api.POST("/api/v1/notifications/read_all/")),
    onSuccess: () => client.invalidateQueries({ queryKey: NOTIFICATIONS }),
    onError: (error) => notifyFailure(error),
  });
  const rows = list.data?.pages.flatMap((page) => page.results);
  return (
    <>
      <Group justify="space-between" px="md" py="xs" style={{ borderBottom: "1px solid var(--wasl-border)" }}>
        <Text fw={600}>{t("notifications.title")}</Text>
        {unread > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => readAll.mutate()}
            loading={readAll.isPending}
          >
            {t("notifications.readAll")}
          </Button>
        )}
      </Group>
      <ScrollArea.Autosize mah={440}>
        {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <ListSkeleton rows={4} />}
        {rows?.length === 0 && (
          <EmptyState
            icon={IconBellCheck}
            title={t("notifications.none")}
            text={t("notifications.noneText")}
          />
        )}
        <Stack gap={0}>
          {rows?.map((row) => (
            <Row key={row.id} row={row} onDone={onDone} />
          ))}
        </Stack>
        {list.hasNextPage && (
          <Button
            variant="subtle"
            fullWidth
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetching}
          >
            {t("notifications.more")}
          </Button>
        )}
      </ScrollArea.Autosize>
    </>
  );
}

/** Where a notification leads: the page of whatever it names. */
function pathOf(link: Schema<"Notification">["link"]): string | undefined {
  if (link.conversation_id !== undefined) return `/inbox/${link.conversation_id}`;
  if (link.execution_id !== undefined) return `/executions/${link.execution_id}`;
  if (link.workflow_id !== undefined) return `/workflows/${link.workflow_id}`;
  if (link.contact_id !== undefined) return `/contacts/${link.contact_id}`;
  return undefined;
}

function Row({ row, onDone }: { row: Schema<"Notification">; onDone: () => void }) {
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const read = useMutation({
    mutationFn: () =>
      call(api.POST("/api/v1/notifications/{id}/read/", { params: { path: { id: row.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: NOTIFICATIONS }),
  });
  const open = (): void => {
    if (row.read_at === null) read.mutate();
    const path = pathOf(row.link);
    if (path !== undefined) {
      void navigate({ to: path });
      onDone();
    } else if (row.link.url !== undefined) {
      location.assign(row.link.url);
    }
  };
  return (
    <UnstyledButton
      px="md"
      py="sm"
      onClick={open}
      className={classes.notification}
      data-unread={row.read_at === null}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={row.read_at === null ? 600 : 400} dir="auto" truncate>
          {row.title}
        </Text>
        <Text size="xs" c="var(--wasl-muted)" style={{ whiteSpace: "nowrap" }}>
          {format.relative(row.created_at)}
        </Text>
      </Group>
      <Text size="sm" c="var(--wasl-muted)" dir="auto" lineClamp={2}>
        {row.body}
      </Text>
    </UnstyledButton>
  );
}
