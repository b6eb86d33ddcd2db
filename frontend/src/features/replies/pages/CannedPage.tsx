/** Canned replies: texts that are found by a shortcut while answering, one's own and the team's. */

import { ActionIcon, Badge, Button, Code, Group, Menu, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDots, IconMessage2Bolt, IconPencil, IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, EmptyState, Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";

import { CannedDialog } from "../CannedDialog";
import { cannedQuery, removeCanned, useChange, type CannedReply } from "../queries";
import classes from "../replies.module.css";

export function CannedPage() {
  const { t } = useTranslation("replies");
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search.trim(), 250);
  const found = useQuery(cannedQuery(settled));
  const [edited, setEdited] = useState<CannedReply | "new" | null>(null);
  const [removed, setRemoved] = useState<CannedReply | null>(null);
  const remove = useChange("canned-replies", removeCanned);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("canned.add")}
    </Button>
  );
  return (
    <Page width="text">
      <PageHeader title={t("canned.title")} text={t("canned.text")}>
        {add}
      </PageHeader>
      <TextInput
        mb="md"
        maw={360}
        aria-label={t("canned.search")}
        placeholder={t("canned.search")}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        className={classes.search}
      />
      {found.data === undefined ? (
        found.isError ? (
          <Failure error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Skeleton height={280} />
        )
      ) : found.data.length === 0 ? (
        <EmptyState
          icon={IconMessage2Bolt}
          title={settled === "" ? t("canned.none") : t("canned.notFound")}
          text={t("canned.noneText")}
          action={settled === "" ? add : undefined}
        />
      ) : (
        <ul className={classes.list}>
          {found.data.map((reply) => (
            <li key={reply.id} className={classes.row}>
              <div className={classes.text}>
                <Group gap="xs">
                  <Code className="ltr">/{reply.shortcut}</Code>
                  {reply.title !== undefined && reply.title !== "" && (
                    <Text fw={600} size="sm" dir="auto">
                      {reply.title}
                    </Text>
                  )}
                  <Badge variant="outline" color="gray" tt="none">
                    {reply.shared ? t("canned.shared") : t("canned.mine")}
                  </Badge>
                </Group>
                <Text size="sm" c="var(--wasl-muted)" dir="auto" lineClamp={2}>
                  {reply.content}
                </Text>
              </div>
              <RowMenu
                name={`/${reply.shortcut}`}
                onEdit={() => setEdited(reply)}
                onRemove={() => setRemoved(reply)}
              />
            </li>
          ))}
        </ul>
      )}
      {edited !== null && (
        <CannedDialog reply={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
      <ConfirmDialog
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={t("canned.remove", { name: removed?.shortcut ?? "" })}
        text={t("canned.removeText")}
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

interface RowMenuProps {
  name: string;
  onEdit: () => void;
  onRemove: () => void;
}

function RowMenu({ name, onEdit, onRemove }: RowMenuProps) {
  const { t } = useTranslation("replies");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t("actions", { name })}>
          <IconDots size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} stroke={1.6} />} onClick={onEdit}>
          {t("edit")}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={onRemove}>
          {t("delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
