/** Makes or changes a canned reply. */

import { Button, Group, Modal, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone, notifyFailure } from "@/components/feedback";
import { ApiError, type FieldErrors } from "@/lib/api";

import { saveCanned, useChange, type CannedDraft, type CannedReply } from "./queries";

interface Props {
  /** `null` makes a new one. */
  reply: CannedReply | null;
  onClose: () => void;
}

/** What is offered to be put into the text, beside all else that templates know. */
const VARIABLES = ["user.first_name", "user.name", "conversation.channel", "tenant.name"] as const;

export function CannedDialog({ reply, onClose }: Props) {
  const { t } = useTranslation("replies");
  const [draft, setDraft] = useState<Required<CannedDraft>>({
    shortcut: reply?.shortcut ?? "",
    title: reply?.title ?? "",
    content: reply?.content ?? "",
    shared: reply?.shared ?? true,
  });
  const [errors, setErrors] = useState<FieldErrors>({});
  const save = useChange("canned-replies", saveCanned);
  const set = (change: Partial<CannedDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const wrong = (field: string): string | undefined => errors[field]?.join(" ");

  function submit(event: React.SyntheticEvent): void {
    event.preventDefault();
    setErrors({});
    save.mutate(
      {
        ...draft,
        shortcut: draft.shortcut.replace(/^\//, "").trim(),
        ...(reply === null ? {} : { id: reply.id }),
      },
      {
        onSuccess: () => {
          notifyDone(t("saved"));
          onClose();
        },
        onError: (error) => {
          if (error instanceof ApiError && Object.keys(error.fields).length > 0) setErrors(error.fields);
          else notifyFailure(error);
        },
      },
    );
  }

  return (
    <Modal opened onClose={onClose} title={reply === null ? t("canned.add") : t("canned.edit")} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("canned.shortcut")}
            description={t("canned.shortcutText")}
            leftSection="/"
            value={draft.shortcut}
            onChange={(event) => set({ shortcut: event.currentTarget.value })}
            error={wrong("shortcut")}
            required
            data-autofocus
          />
          <TextInput
            label={t("canned.name")}
            value={draft.title}
            onChange={(event) => set({ title: event.currentTarget.value })}
            error={wrong("title")}
            dir="auto"
          />
          <Textarea
            label={t("canned.content")}
            value={draft.content}
            onChange={(event) => set({ content: event.currentTarget.value })}
            error={wrong("content")}
            autosize
            minRows={4}
            maxRows={12}
            dir="auto"
            required
          />
          <Group gap={6}>
            <Text size="xs" c="var(--wasl-muted)">
              {t("canned.insert")}
            </Text>
            {VARIABLES.map((path) => (
              <Button
                key={path}
                size="compact-xs"
                variant="default"
                className="ltr"
                onClick={() => set({ content: `${draft.content}{{ ${path} }}` })}
              >
                {path}
              </Button>
            ))}
          </Group>
          <Switch
            label={t("canned.share")}
            description={t("canned.shareText")}
            checked={draft.shared}
            onChange={(event) => set({ shared: event.currentTarget.checked })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
