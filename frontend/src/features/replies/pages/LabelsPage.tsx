/** Labels, by which conversations are sorted: made, renamed and coloured in place. */

import { ActionIcon, Badge, Button, ColorInput, Group, Skeleton, TextInput } from "@mantine/core";
import { IconCheck, IconPencil, IconTags, IconTrash, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, EmptyState, Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";

import { labelsQuery, removeLabel, saveLabel, useChange, type Label } from "../queries";
import classes from "../replies.module.css";

const SWATCHES = ["#0f766e", "#1d4ed8", "#6d28d9", "#be185d", "#b91c1c", "#b45309", "#4d7c0f", "#475569"];

export function LabelsPage() {
  const { t } = useTranslation("replies");
  const found = useQuery(labelsQuery);
  const [edited, setEdited] = useState<string | null>(null);
  const [removed, setRemoved] = useState<Label | null>(null);
  const remove = useChange("labels", removeLabel);
  return (
    <Page width="text">
      <PageHeader title={t("labels.title")} text={t("labels.text")} />
      <div className={classes.new}>
        <LabelForm key={found.data?.length} />
      </div>
      {found.data === undefined ? (
        found.isError ? (
          <Failure error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Skeleton height={220} />
        )
      ) : found.data.length === 0 ? (
        <EmptyState icon={IconTags} title={t("labels.none")} text={t("labels.noneText")} />
      ) : (
        <ul className={classes.list}>
          {found.data.map((label) => (
            <li key={label.id} className={classes.row}>
              {edited === label.id ? (
                <LabelForm label={label} onDone={() => setEdited(null)} />
              ) : (
                <>
                  <Group className={classes.text} gap="sm">
                    <Badge color={label.color || "gray"} variant="dot" size="lg" tt="none">
                      <bdi>{label.name}</bdi>
                    </Badge>
                  </Group>
                  <ActionIcon onClick={() => setEdited(label.id)} aria-label={`${t("edit")}: ${label.name}`}>
                    <IconPencil size={17} stroke={1.6} />
                  </ActionIcon>
                  <ActionIcon
                    color="red"
                    onClick={() => setRemoved(label)}
                    aria-label={`${t("delete")}: ${label.name}`}
                  >
                    <IconTrash size={17} stroke={1.6} />
                  </ActionIcon>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={t("labels.remove", { name: removed?.name ?? "" })}
        text={t("labels.removeText")}
        confirm={t("delete")}
        loading={remove.isPending}
        onConfirm={() => {
          if (removed === null) return;
          remove.mutate(removed.id, {
            onSuccess: () => {
              setRemoved(null);
              notifyDone(t("deleted"));
            },
            onError: (error) => notifyFailure(error),
          });
        }}
      />
    </Page>
  );
}

interface FormProps {
  /** None makes a new one. */
  label?: Label;
  onDone?: () => void;
}

function LabelForm({ label, onDone }: FormProps) {
  const { t } = useTranslation("replies");
  const [name, setName] = useState(label?.name ?? "");
  const [color, setColor] = useState(label?.color ?? SWATCHES[0] ?? "");
  const save = useChange("labels", saveLabel);

  function submit(event: React.SyntheticEvent): void {
    event.preventDefault();
    save.mutate(
      { name: name.trim(), color, ...(label === undefined ? {} : { id: label.id }) },
      {
        onSuccess: () => {
          notifyDone(t("saved"));
          if (label === undefined) setName("");
          onDone?.();
        },
        onError: (error) => notifyFailure(error),
      },
    );
  }

  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        aria-label={t("labels.name")}
        placeholder={t("labels.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        dir="auto"
        maxLength={60}
        required
        className={classes.search}
      />
      <ColorInput
        aria-label={t("labels.color")}
        value={color}
        onChange={setColor}
        format="hex"
        swatches={SWATCHES}
        withEyeDropper={false}
        w={140}
        classNames={{ input: "ltr" }}
      />
      {label === undefined ? (
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
          {t("labels.add")}
        </Button>
      ) : (
        <>
          <ActionIcon
            type="submit"
            variant="filled"
            color="brand"
            loading={save.isPending}
            aria-label={t("save")}
            size="lg"
          >
            <IconCheck size={17} />
          </ActionIcon>
          <ActionIcon onClick={onDone} aria-label={t("cancel")} size="lg">
            <IconX size={17} />
          </ActionIcon>
        </>
      )}
    </form>
  );
}
