/** The tenant's tags: their words and colours. */

import { ActionIcon, Button, ColorInput, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconTags, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, EmptyState, Failure, ListSkeleton, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, ApiError, call, once, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { refresh, tagsQuery } from "../queries";
import classes from "./fields.module.css";

type Tag = Schema<"Tag">;

const COLORS = ["#64748b", "#dc2626", "#ea580c", "#ca8a04", "#16a34a", "#0d9488", "#0284c7", "#4f46e5", "#9333ea", "#db2777"]; // prettier-ignore
const DEFAULT = "#64748b";

export function TagsPage() {
  const { t } = useTranslation("fields");
  const client = useQueryClient();
  const mayWrite = useCan("crm:write");
  const { data: tags, error, refetch } = useQuery(tagsQuery);
  const [edited, setEdited] = useState<Tag | "new" | null>(null);
  const [deleted, setDeleted] = useState<Tag | null>(null);
  const remove = useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/v1/crm/tags/{id}/", { params: { path: { id } } })),
    onSuccess: () => refresh(client, "tags"),
    onError: (failure) => notifyFailure(failure),
    onSettled: () => setDeleted(null),
  });
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("tags.add")}
    </Button>
  );
  return (
    <Page width="text">
      <PageHeader title={t("tags.title")} text={t("tags.text")}>
        {add}
      </PageHeader>
      {tags === undefined ? (
        error === null ? (
          <ListSkeleton rows={4} />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : tags.length === 0 ? (
        <EmptyState icon={IconTags} title={t("tags.none")} text={t("tags.noneText")} action={add} />
      ) : (
        <ul className={classes.list}>
          {tags.map((tag) => (
            <li key={tag.id} className={classes.row}>
              <Group gap="sm" className={classes.what} wrap="nowrap">
                <span className={classes.dot} style={{ background: tag.color ?? DEFAULT }} />
                <Text fw={600} dir="auto" truncate>
                  {tag.name}
                </Text>
              </Group>
              {mayWrite && (
                <Group gap={4} wrap="nowrap">
                  <ActionIcon
                    size="lg"
                    onClick={() => setEdited(tag)}
                    aria-label={t("edit", { name: tag.name })}
                  >
                    <IconPencil size={16} stroke={1.6} />
                  </ActionIcon>
                  <ActionIcon
                    size="lg"
                    onClick={() => setDeleted(tag)}
                    aria-label={t("remove", { name: tag.name })}
                  >
                    <IconTrash size={16} stroke={1.6} />
                  </ActionIcon>
                </Group>
              )}
            </li>
          ))}
        </ul>
      )}
      {edited !== null && (
        <TagDialog tag={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
      <ConfirmDialog
        opened={deleted !== null}
        onClose={() => setDeleted(null)}
        title={t("tags.deleteTitle", { name: deleted?.name })}
        text={t("tags.deleteText")}
        confirm={t("tags.delete")}
        loading={remove.isPending}
        onConfirm={() => deleted !== null && remove.mutate(deleted.id)}
      />
    </Page>
  );
}

function TagDialog({ tag, onClose }: { tag: Tag | null; onClose: () => void }) {
  const { t } = useTranslation("fields");
  const client = useQueryClient();
  const [name, setName] = useState(tag?.name ?? "");
  const [color, setColor] = useState(tag?.color ?? DEFAULT);
  const [key, setKey] = useState(once);
  const save = useMutation({
    mutationFn: () =>
      tag === null
        ? call(api.POST("/api/v1/crm/tags/", { body: { name, color }, headers: key }))
        : call(
            api.PATCH("/api/v1/crm/tags/{id}/", { params: { path: { id: tag.id } }, body: { name, color } }),
          ),
    onSuccess: async () => {
      await refresh(client, "tags");
      onClose();
    },
    onError: (error) => {
      setKey(once());
      if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) notifyFailure(error);
    },
  });
  const errors = save.error instanceof ApiError ? save.error.fields : {};
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("close") }}
      opened
      onClose={onClose}
      title={tag === null ? t("tags.add") : t("edit", { name: tag.name })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t("tags.name")}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={80}
            required
            data-autofocus
            error={errors.name?.join(" ")}
            dir="auto"
          />
          <ColorInput
            label={t("tags.color")}
            value={color}
            onChange={setColor}
            format="hex"
            swatches={COLORS}
            error={errors.color?.join(" ")}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
