/** A field of contacts added, or its label and choices changed. */

import { Button, Group, Modal, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, ApiError, call, once, type Schema } from "@/lib/api";

import { refresh } from "../queries";
import { slugOf } from "../slug";

type Field = Schema<"CustomField">;

const TYPES = ["text", "number", "boolean", "date", "datetime", "choice"] as const;

interface Props {
  /** `null` adds one. */
  field: Field | null;
  /** The keys that there are. */
  taken: readonly string[];
  onClose: () => void;
}

export function FieldDialog({ field, taken, onClose }: Props) {
  const { t } = useTranslation("fields");
  const client = useQueryClient();
  const [label, setLabel] = useState(field?.label ?? "");
  const [typedSlug, setSlug] = useState<string | null>(null);
  const [type, setType] = useState<Field["type"]>(field?.type ?? "text");
  const [choices, setChoices] = useState<string[]>([...(field?.choices ?? [])]);
  const [key, setKey] = useState(once);
  const slug = field?.slug ?? typedSlug ?? slugOf(label, taken);
  const save = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const body = { label, ...(type === "choice" && { choices }) };
      if (field === null)
        return await call(api.POST("/api/v1/crm/fields/", { body: { ...body, slug, type }, headers: key }));
      return await call(api.PATCH("/api/v1/crm/fields/{id}/", { params: { path: { id: field.id } }, body }));
    },
    onSuccess: async () => {
      await refresh(client, "fields");
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
      title={field === null ? t("fields.add") : t("edit", { name: field.label })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t("fields.label")}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
            maxLength={120}
            required
            data-autofocus
            error={errors.label?.join(" ")}
            dir="auto"
          />
          <Select
            label={t("fields.type")}
            data={TYPES.map((each) => ({ value: each, label: t(`types.${each}`) }))}
            value={type}
            onChange={(value) => setType(TYPES.find((each) => each === value) ?? "text")}
            allowDeselect={false}
            disabled={field !== null}
            {...(field !== null && { description: t("fields.fixed") })}
          />
          {type === "choice" && (
            <TagsInput
              label={t("fields.choices")}
              description={t("fields.choicesText")}
              value={choices}
              onChange={setChoices}
              error={errors.choices?.join(" ")}
            />
          )}
          {field === null && (
            <TextInput
              label={t("fields.slug")}
              description={t("fields.slugText")}
              value={slug}
              onChange={({ currentTarget }) => setSlug(currentTarget.value)}
              classNames={{ input: "ltr" }}
              error={errors.slug?.join(" ")}
            />
          )}
          <Group justify="flex-end">
            <Button
              type="submit"
              loading={save.isPending}
              disabled={label.trim() === "" || (type === "choice" && choices.length === 0)}
            >
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
