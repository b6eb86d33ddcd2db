/** Messages that wait for their time. */

import { useQuery, useQueryClient } from "@tanstack/react-query";

import { notifyDone, notifyFailure } from "@/components/feedback";
import { api, call, once } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useHint } from "@/lib/live";
import { useTranslation } from "react-i18next";

import { messageBody } from "../model/body";
import type { NewMessage, Scheduled } from "../model/types";
import { keys } from "../sync/keys";

/** Returns how to schedule a message; tells whether it worked. */
export function useSchedule(
  conversationId: string,
): (what: { message: Partial<NewMessage>; when: Date }) => Promise<boolean> {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const client = useQueryClient();
  return async ({ message, when }) => {
    try {
      await call(
        api.POST("/api/v1/inbox/conversations/{id}/scheduled/", {
          params: { path: { id: conversationId } },
          body: { message: messageBody(message), send_at: when.toISOString() },
          headers: once(),
        }),
      );
      notifyDone(t("later.done", { when: format.dateTime(when) }));
      await client.invalidateQueries({ queryKey: keys.scheduled(conversationId) });
      return true;
    } catch (error) {
      notifyFailure(error);
      return false;
    }
  };
}

export function useScheduled(conversationId: string): readonly Scheduled[] {
  const client = useQueryClient();
  const key = keys.scheduled(conversationId);
  useHint("inbox.changed", ({ conversations }) => {
    if (conversations.some(({ id }) => id === conversationId))
      void client.invalidateQueries({ queryKey: key });
  });
  return (
    useQuery({
      queryKey: key,
      queryFn: ({ signal }) =>
        call(
          api.GET("/api/v1/inbox/conversations/{id}/scheduled/", {
            params: { path: { id: conversationId } },
            signal,
          }),
        ),
    }).data ?? []
  );
}
