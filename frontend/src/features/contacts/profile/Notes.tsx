/** What the team wrote about the contact, for itself. */

import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton, notifyFailure } from "@/components/feedback";
import { api, call, once } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { notesQuery } from "../queries";
import classes from "./profile.module.css";

export function Notes({ contactId }: { contactId: string }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const client = useQueryClient();
  const mayWrite = useCan("crm:write");
  const { data, error, refetch } = useQuery(notesQuery(contactId));
  const [text, setText] = useState("");
  const [key, setKey] = useState(once);
  const write = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/crm/contacts/{id}/notes/", {
          params: { path: { id: contactId } },
          body: { text },
          headers: key,
        }),
      ),
    onSuccess: async () => {
      setText("");
      setKey(once());
      await client.invalidateQueries({ queryKey: ["contacts", contactId] });
    },
    onError: (failure) => notifyFailure(failure),
  });
  return (
    <Stack>
      {mayWrite && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            write.mutate();
          }}
        >
          <Textarea
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            placeholder={t("notes.placeholder")}
            aria-label={t("notes.write")}
            autosize
            minRows={2}
            maxLength={10_000}
            dir="auto"
          />
          <Group justify="flex-end" mt="xs">
            <Button type="submit" size="xs" disabled={text.trim() === ""} loading={write.isPending}>
              {t("notes.save")}
            </Button>
          </Group>
        </form>
      )}
      {data === undefined ? (
        error === null ? (
          <ListSkeleton rows={3} />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : (
        data.results.map((note) => (
          <article key={note.id}>
            <div className={classes.note} dir="auto" data-prose>
              {note.text}
            </div>
            <Text size="xs" c="var(--wasl-muted)" mt={4}>
              {format.dateTime(note.created_at)}
            </Text>
          </article>
        ))
      )}
      {data?.count === 0 && (
        <Text size="sm" c="var(--wasl-muted)">
          {t("notes.none")}
        </Text>
      )}
    </Stack>
  );
}
