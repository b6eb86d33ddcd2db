/** One conversation with what stands beside it, and what happened to it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, call } from "@/lib/api";
import { useHint } from "@/lib/live";
import { useCan } from "@/lib/session";

import { TOLD } from "../model/timeline";
import type { TimelineEvent } from "../model/types";
import { keys } from "./keys";

const CALM_MS = 400;
const EVENTS = 200;

export function useConversation(id: string) {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const again = (): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      void client.invalidateQueries({ queryKey: keys.allEvents });
    }, CALM_MS);
  };
  useHint("inbox.changed", ({ conversations }) => conversations.some((each) => each.id === id) && again());
  useHint("resumed", again);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useQuery({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/inbox/conversations/{id}/", { params: { path: { id } }, signal })),
  });
}

const NONE: readonly TimelineEvent[] = [];

/** What happened to the conversation, for the lines between its messages. */
export function useConversationEvents(id: string, contactId: string | undefined): readonly TimelineEvent[] {
  const canRead = useCan("crm:read");
  return (
    useQuery({
      queryKey: keys.events(contactId ?? "", id),
      queryFn: async ({ signal }) => {
        const timeline = await call(
          api.GET("/api/v1/crm/contacts/{id}/timeline/", {
            params: { path: { id: contactId ?? "" }, query: { kind: ["conversation"], limit: EVENTS } },
            signal,
          }),
        );
        return timeline.results.filter((event) => event.conversation_id === id && TOLD.has(event.type));
      },
      enabled: canRead && contactId !== undefined,
    }).data ?? NONE
  );
}
