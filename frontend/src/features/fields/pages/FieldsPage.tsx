/** The fields that the tenant added to its contacts. */

import { ActionIcon, Badge, Button, Group, Text } from "@mantine/core";
import { IconForms, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, EmptyState, Failure, ListSkeleton, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, call, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { fieldsQuery, refresh } from "../queries";
import { FieldDialog } from "./FieldDialog";
import classes from "./fields.module.css";

type Field = Schema<"CustomField">;

export function FieldsPage() {
  const { t } = useTranslation("fields");
  const client = useQueryClient();
  const mayWrite = useCan("crm:write");
  const { data: fields, error, refetch } = useQuery(fieldsQuery);
  const [edited, setEdited] = useState<Field | "new" | null>(null);
  const [deleted, setDeleted] = useState<Field | null>(null);
  const remove = useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/v1/crm/fields/{id}/", { params: { path: { id } } })),
    onSuccess: () => refresh(client, "fields"),
    onError: (failure) => notifyFailure(failure),
    onSettled: () => setDeleted(null),
  });
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("fields.add")}
    </Button>
  );
  return (
    <Page width="text">
      <PageHeader title={t("fields.title")} text={t("fields.text")}>
        {add}
      </PageHeader>
      {fields === undefined ? (
        error === null ? (
          <ListSkeleton rows={4} />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : fields.length === 0 ? (
        <EmptyState icon={IconForms} title={t("fields.none")} text={t("fields.noneText")} action={add} />
      ) : (
        <ul className={classes.list}>
          {fields.map((field) => (
            <FieldRow
              key={field.id}
              field={field}
              onEdit={() => setEdited(field)}
              onDelete={() => setDeleted(field)}
            />
          ))}
        </ul>
      )}
      {edited !== null && (
        <FieldDialog
          field={edited === "new" ? null : edited}
          taken={fields?.map(({ slug }) => slug) ?? []}
          onClose={() => setEdited(null)}
        />
      )}
      <ConfirmDialog
        opened={deleted !== null}
        onClose={() => setDeleted(null)}
        title={t("fields.deleteTitle", { name: deleted?.label })}
        text={t("fields.deleteText")}
        confirm={t("fields.delete")}
        loading={remove.isPending}
        onConfirm={() => deleted !== null && remove.mutate(deleted.id)}
      />
    </Page>
  );
}

interface RowProps {
  field: Field;
  onEdit: () => void;
  onDelete: () => void;
}

function FieldRow({ field, onEdit, onDelete }: RowProps) {
  const { t } = useTranslation("fields");
  const mayWrite = useCan("crm:write");
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Text fw={600} dir="auto">
          {field.label}
        </Text>
        <Text size="xs" c="var(--wasl-muted)" className="ltr" span>
          {field.slug}
        </Text>
        {field.choices !== undefined && field.choices.length > 0 && (
          <Text size="sm" c="var(--wasl-muted)" truncate dir="auto">
            {field.choices.join(" · ")}
          </Text>
        )}
      </div>
      <Badge variant="light" color="gray" tt="none" fw={500}>
        {t(`types.${field.type}`)}
      </Badge>
      {mayWrite && (
        <Group gap={4} wrap="nowrap">
          <ActionIcon size="lg" onClick={onEdit} aria-label={t("edit", { name: field.label })}>
            <IconPencil size={16} stroke={1.6} />
          </ActionIcon>
          <ActionIcon size="lg" onClick={onDelete} aria-label={t("remove", { name: field.label })}>
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </Group>
      )}
    </li>
  );
}
