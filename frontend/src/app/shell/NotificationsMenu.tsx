/** How much of what the member was told is unread, and the way to it. */

import { Badge, Popover, Text, UnstyledButton } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { ListSkeleton } from "@/components/feedback";
import { api, call } from "@/lib/api";
import { useHint } from "@/lib/live";

import { NOTIFICATIONS } from "./notificationsKey";
import classes from "./Shell.module.css";

const NotificationsList = lazy(async () => ({
  default: (await import("./NotificationsList")).NotificationsList,
}));

function useUnread(): number {
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: NOTIFICATIONS });
  useHint("notifications.changed", again);
  useHint("resumed", again);
  return (
    useQuery({
      queryKey: [...NOTIFICATIONS, "unread"],
      queryFn: ({ signal }) => call(api.GET("/api/v1/notifications/unread/", { signal })),
    }).data?.unread ?? 0
  );
}

export function NotificationsMenu() {
  const { t, i18n } = useTranslation();
  const [opened, setOpened] = useState(false);
  const unread = useUnread();
  return (
    <Popover opened={opened} onChange={setOpened} position="right-end" width={380} shadow="lg" trapFocus>
      <Popover.Target>
        <UnstyledButton className={classes.link} onClick={() => setOpened(!opened)}>
          <IconBell size={19} stroke={1.6} />
          <Text span size="sm" flex={1}>
            {t("notifications.title")}
          </Text>
          {unread > 0 && (
            <Badge size="sm" circle={unread < 10}>
              {unread.toLocaleString(i18n.language)}
            </Badge>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0} maw="92vw">
        {opened && (
          <Suspense fallback={<ListSkeleton rows={4} />}>
            <NotificationsList unread={unread} onDone={() => setOpened(false)} />
          </Suspense>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
