/** What members do with conversations: shown at once, taken back when the server refuses. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";

import { withPatched, type List } from "../model/list";
import type { ConversationDetail, Label, Status } from "../model/types";
import { keys } from "./keys";

type Patch = Partial<
  Pick<
    ConversationDetail,
    "status" | "snoozed_until" | "assignee" | "assignee_id" | "labels" | "unread_count" | "control"
  >
>;

function patchAll(client: QueryClient, id: string, patch: Patch): void {
  client.setQueriesData<List>({ queryKey: keys.lists }, (list) => list && withPatched(list, id, patch));
  client.setQueryData<ConversationDetail>(keys.conversation(id), (old) => old && { ...old, ...patch });
}

/** What the cache says of a conversation now, for taking a change back. */
function known(client: QueryClient, id: string): Patch | undefined {
  const detail = client.getQueryData<ConversationDetail>(keys.conversation(id));
  if (detail !== undefined) return detail;
  for (const [, list] of client.getQueriesData<List>({ queryKey: keys.lists })) {
    const row = list?.rows.find((each) => each.id === id);
    if (row !== undefined) return row;
  }
  return undefined;
}

export interface Actions {
  readonly setStatus: (ids: readonly string[], status: Status) => void;
  readonly snooze: (ids: readonly string[], until: Date) => void;
  readonly assign: (ids: readonly string[], to: Schema<"Colleague"> | null) => void;
  readonly label: (ids: readonly string[], change: { add?: Label; remove?: Label }) => void;
  readonly markRead: (id: string, seq: number) => void;
  readonly setRead: (ids: readonly string[], read: boolean) => void;
  readonly takeOver: (id: string, me: Schema<"Colleague">) => void;
  readonly handBack: (id: string, to: "bot" | "workflow") => void;
}

function actionsOf(client: QueryClient): Actions {
  /** Shows `patch`, does it, and takes it back for those for whom it did not work. */
  async function perform(
    ids: readonly string[],
    patch: (id: string) => Patch,
    request: () => Promise<Schema<"BulkResults"> | ConversationDetail | object>,
  ): Promise<void> {
    const before = new Map(ids.map((id) => [id, known(client, id)]));
    ids.forEach((id) => patchAll(client, id, patch(id)));
    const undo = (id: string): void => {
      const old = before.get(id);
      if (old === undefined) return;
      const was = Object.fromEntries(Object.keys(patch(id)).map((key) => [key, old[key as keyof Patch]]));
      patchAll(client, id, was);
    };
    try {
      const answer = await request();
      const refused = "results" in answer ? answer.results.filter(({ ok }) => !ok) : [];
      refused.forEach(({ id }) => undo(id));
      if (refused[0] !== undefined) notifyFailure(new Error(refused[0].error));
    } catch (error) {
      ids.forEach(undo);
      notifyFailure(error);
    }
    void client.invalidateQueries({ queryKey: keys.counts });
    ids.forEach((id) => void client.invalidateQueries({ queryKey: keys.conversation(id) }));
  }

  const bulk = (body: Schema<"BulkRequest">) => call(api.POST("/api/v1/inbox/conversations/bulk/", { body }));
  const path = (id: string) => ({ params: { path: { id } } });

  return {
    setStatus: (ids, status) =>
      void perform(
        ids,
        () => ({ status, snoozed_until: null }),
        () => bulk({ ids: [...ids], status }),
      ),
    snooze: (ids, until) =>
      void perform(
        ids,
        () => ({ status: "snoozed", snoozed_until: until.toISOString() }),
        async () => {
          const one = (id: string) =>
            call(
              api.POST("/api/v1/inbox/conversations/{id}/snooze/", {
                ...path(id),
                body: { until: until.toISOString() },
              }),
            );
          const outcomes = await Promise.allSettled(ids.map(one));
          return {
            results: outcomes.map((outcome, index) => {
              const ok = outcome.status === "fulfilled";
              return { id: ids[index] ?? "", ok, error: ok ? "" : String(outcome.reason) };
            }),
          };
        },
      ),
    assign: (ids, to) =>
      void perform(
        ids,
        () => ({ assignee: to, assignee_id: to?.id ?? null }),
        () => bulk({ ids: [...ids], assignee_id: to?.id ?? null }),
      ),
    label: (ids, { add, remove }) =>
      void perform(
        ids,
        (id) => {
          const worn = known(client, id)?.labels ?? [];
          const kept = worn.filter((label) => label.id !== remove?.id && label.id !== add?.id);
          return { labels: add === undefined ? kept : [...kept, add] };
        },
        () =>
          bulk({
            ids: [...ids],
            labels: {
              add: add === undefined ? [] : [add.id],
              remove: remove === undefined ? [] : [remove.id],
            },
          }),
      ),
    markRead: (id, seq) => {
      patchAll(client, id, { unread_count: 0 });
      // Not being able to say so is nothing that the reader has to know; opening the thread again says it again.
      call(api.POST("/api/v1/inbox/conversations/{id}/read/", { ...path(id), body: { seq } })).then(
        () => client.invalidateQueries({ queryKey: keys.counts }),
        () => undefined,
      );
    },
    setRead: (ids, read) =>
      void perform(
        ids,
        () => ({ unread_count: read ? 0 : 1 }),
        () => bulk({ ids: [...ids], read }),
      ),
    takeOver: (id, me) =>
      void perform(
        [id],
        () => ({
          control: "human",
          ...(known(client, id)?.assignee_id == null && { assignee: me, assignee_id: me.id }),
        }),
        () => call(api.POST("/api/v1/inbox/conversations/{id}/take-over/", path(id))),
      ),
    handBack: (id, to) =>
      void perform(
        [id],
        () => ({ control: to }),
        () => call(api.POST("/api/v1/inbox/conversations/{id}/hand-back/", { ...path(id), body: { to } })),
      ),
  };
}

export function useActions(): Actions {
  const client = useQueryClient();
  return useMemo(() => actionsOf(client), [client]);
}
