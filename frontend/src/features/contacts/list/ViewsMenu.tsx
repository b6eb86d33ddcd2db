/** The saved views of the table: chosen, saved, changed, deleted. */

import { Button, Group, Menu, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBookmark, IconCheck, IconDeviceFloppy, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone, notifyFailure } from "@/components/feedback";
import { api, call, once, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { viewsQuery } from "../queries";
import type { TableState } from "./useTable";

/** What of the table a view keeps. */
function kept({ asked, shown }: TableState): Omit<Schema<"ContactViewRequest">, "name"> {
  return {
    columns: shown.map(({ key }) => key),
    ordering: asked.sort === undefined ? [] : [asked.sort],
    predicate: asked.filter ?? {},
    search: asked.q ?? "",
  };
}

export function ViewsMenu({ table }: { table: TableState }) {
  const { t } = useTranslation("contacts");
  const navigate = useNavigate();
  const client = useQueryClient();
  const mayWrite = useCan("crm:write");
  const { data: views } = useQuery(viewsQuery);
  const [saving, save] = useDisclosure(false);
  const { view } = table;
  const show = (id: string | undefined): void =>
    void navigate({ to: "/contacts", search: id === undefined ? {} : { view: id } });
  const refresh = () => client.invalidateQueries({ queryKey: viewsQuery.queryKey });
  const update = useMutation({
    mutationFn: (id: string) =>
      call(api.PATCH("/api/v1/crm/contact-views/{id}/", { params: { path: { id } }, body: kept(table) })),
    onSuccess: async (saved) => {
      await refresh();
      show(saved.id);
      notifyDone(t("views.saved"));
    },
    onError: (error) => notifyFailure(error),
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/api/v1/crm/contact-views/{id}/", { params: { path: { id } } })),
    onSuccess: async () => {
      show(undefined);
      await refresh();
    },
    onError: (error) => notifyFailure(error),
  });
  const mayChange = view !== undefined && (view.shared === true ? mayWrite : view.mine);
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant={view === undefined ? "default" : "light"}
            leftSection={<IconBookmark size={16} stroke={1.6} />}
          >
            <span dir="auto">{view === undefined ? t("views.open") : view.name}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={view === undefined ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
            onClick={() => show(undefined)}
          >
            {t("views.all")}
          </Menu.Item>
          {views?.map(({ id, name, shared }) => (
            <Menu.Item
              key={id}
              leftSection={id === view?.id ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
              rightSection={shared === true && <small>{t("views.shared")}</small>}
              onClick={() => show(id)}
            >
              <span dir="auto">{name}</span>
            </Menu.Item>
          ))}
          <Menu.Divider />
          {mayChange && table.changed && (
            <Menu.Item
              leftSection={<IconDeviceFloppy size={16} stroke={1.6} />}
              onClick={() => update.mutate(view.id)}
            >
              {t("views.update")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconPlus size={16} stroke={1.6} />} onClick={save.open}>
            {t("views.save")}
          </Menu.Item>
          {mayChange && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} stroke={1.6} />}
              onClick={() => remove.mutate(view.id)}
            >
              {t("views.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {saving && <SaveDialog table={table} onClose={save.close} onSaved={show} />}
    </>
  );
}

interface SaveProps {
  table: TableState;
  onClose: () => void;
  onSaved: (id: string) => void;
}

function SaveDialog({ table, onClose, onSaved }: SaveProps) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const mayShare = useCan("crm:write");
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [key] = useState(once);
  const save = useMutation({
    mutationFn: () =>
      call(api.POST("/api/v1/crm/contact-views/", { body: { ...kept(table), name, shared }, headers: key })),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: viewsQuery.queryKey });
      onSaved(made.id);
      onClose();
    },
    onError: (error) => notifyFailure(error),
  });
  return (
    <Modal closeButtonProps={{ "aria-label": t("close") }} opened onClose={onClose} title={t("views.save")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t("views.name")}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={80}
            required
            data-autofocus
            dir="auto"
          />
          {mayShare && (
            <Switch
              label={t("views.share")}
              checked={shared}
              onChange={({ currentTarget }) => setShared(currentTarget.checked)}
            />
          )}
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
