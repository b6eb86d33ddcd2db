/** Messages of this conversation that wait for their time: changed, cancelled, or told why they could not go. */

import { ActionIcon, Modal, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconClockEdit, IconClockPlay, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { WhenPicker } from "../actions/WhenPicker";
import { useScheduled } from "../composer/useSchedule";
import type { Scheduled } from "../model/types";
import { keys } from "../sync/keys";
import classes from "./thread.module.css";

export function ScheduledList({ conversationId, canWrite }: { conversationId: string; canWrite: boolean }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const client = useQueryClient();
  const rows = useScheduled(conversationId);
  const [moving, setMoving] = useState<Scheduled | null>(null);
  const key = keys.scheduled(conversationId);
  const again = { onSettled: () => client.invalidateQueries({ queryKey: key }), onError: notifyFailure };
  const cancel = useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/api/v1/inbox/scheduled-messages/{id}/", { params: { path: { id } } })),
    onMutate: (id) =>
      client.setQueryData<readonly Scheduled[]>(key, (old) => old?.filter((row) => row.id !== id)),
    ...again,
    onError: (error) => notifyFailure(error),
  });
  const move = useMutation({
    mutationFn: ({ id, when }: { id: string; when: Date }) =>
      call(
        api.PATCH("/api/v1/inbox/scheduled-messages/{id}/", {
          params: { path: { id } },
          body: { message: null, send_at: when.toISOString() },
        }),
      ),
    ...again,
    onError: (error) => notifyFailure(error),
  });
  if (rows.length === 0) return null;
  return (
    <section className={classes.scheduled} aria-label={t("later.label")}>
      {rows.map((row) => {
        const failed = row.state === "failed";
        const Icon = failed ? IconAlertTriangle : IconClockPlay;
        const text = row.body.text === "" ? t("later.file") : row.body.text;
        return (
          <div key={row.id} className={classes.scheduledRow}>
            <Icon
              size={17}
              stroke={1.7}
              color={failed ? "var(--mantine-color-error)" : undefined}
              aria-hidden
            />
            <Text size="sm" inherit truncate flex={1}>
              <b>{failed ? t("later.failed") : format.dateTime(row.send_at)}</b>{" "}
              <bdi>{failed ? row.error : text}</bdi>
            </Text>
            {canWrite && !failed && (
              <>
                <Tooltip label={t("later.move")}>
                  <ActionIcon size={28} onClick={() => setMoving(row)} aria-label={t("later.move")}>
                    <IconClockEdit size={16} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label={t("later.cancel")}>
                  <ActionIcon size={28} onClick={() => cancel.mutate(row.id)} aria-label={t("later.cancel")}>
                    <IconX size={16} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
              </>
            )}
          </div>
        );
      })}
      <Modal opened={moving !== null} onClose={() => setMoving(null)} title={t("later.move")} size="sm">
        <WhenPicker
          confirm={t("later.confirm")}
          onPick={(when) => {
            if (moving !== null) move.mutate({ id: moving.id, when });
            setMoving(null);
          }}
        />
      </Modal>
    </section>
  );
}
