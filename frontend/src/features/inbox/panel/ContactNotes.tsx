/** What the team has written down about the contact. */

import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, once } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { useColleagues } from "../sync/useSurroundings";
import classes from "./panel.module.css";

const SHOWN = 5;

export function ContactNotes({ contactId }: { contactId: string }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const client = useQueryClient();
  const canWrite = useCan("crm:write");
  const colleagues = useColleagues();
  const [text, setText] = useState("");
  const key = ["contacts", contactId, "notes"];
  const notes =
    useQuery({
      queryKey: key,
      queryFn: ({ signal }) =>
        call(api.GET("/api/v1/crm/contacts/{id}/notes/", { params: { path: { id: contactId } }, signal })),
    }).data?.results ?? [];
  const add = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/crm/contacts/{id}/notes/", {
          params: { path: { id: contactId } },
          body: { text: text.trim() },
          headers: once(),
        }),
      ),
    onSuccess: async () => {
      setText("");
      await client.invalidateQueries({ queryKey: key });
    },
    onError: (error) => notifyFailure(error),
  });
  return (
    <Stack gap="xs">
      {notes.slice(0, SHOWN).map((note) => {
        const by = colleagues.find((each) => note.author === `member:${each.id}`)?.name;
        return (
          <div key={note.id}>
            <div className={classes.note} dir="auto" data-prose>
              {note.text}
            </div>
            <Text size="xs" c="var(--wasl-muted)" mt={2}>
              {by !== undefined && <bdi>{by} · </bdi>}
              {format.relative(note.created_at)}
            </Text>
          </div>
        );
      })}
      {canWrite && (
        <>
          <Textarea
            size="xs"
            autosize
            minRows={1}
            maxRows={6}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            placeholder={t("notes.placeholder")}
            aria-label={t("notes.placeholder")}
            dir="auto"
          />
          {text.trim() !== "" && (
            <Button
              size="compact-sm"
              onClick={() => add.mutate()}
              loading={add.isPending}
              style={{ alignSelf: "flex-end" }}
            >
              {t("notes.add")}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}
