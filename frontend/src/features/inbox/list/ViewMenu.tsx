/** Keeping the list as it is narrowed now under a name; renaming, sharing and deleting such views. */

import { Button, Group, Menu, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { IconDeviceFloppy, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, notifyDone, notifyFailure } from "@/components/feedback";
import { api, ApiError, call, once } from "@/lib/api";
import { useCan } from "@/lib/session";

import { filtersOf, savedFilters, type InboxSearch } from "../model/filters";
import type { SavedView } from "../model/types";
import { keys } from "../sync/keys";

interface Props {
  search: InboxSearch;
  onSearch: (search: InboxSearch) => void;
  views: readonly SavedView[];
  /** The button that opens the menu. */
  children: React.ReactElement;
}

type Dialog = "new" | "change" | "delete" | null;

export function ViewMenu({ search, onSearch, views, children }: Props) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const canWrite = useCan("inbox:write");
  const [dialog, setDialog] = useState<Dialog>(null);
  const current = views.find(({ id }) => id === search.view);
  const filters = savedFilters(filtersOf(search, current?.filters));
  const settled = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: keys.views });
    void client.invalidateQueries({ queryKey: keys.counts });
  };
  const save = useMutation({
    mutationFn: (values: { name: string; shared: boolean }) =>
      dialog === "change" && current !== undefined
        ? call(api.PATCH("/api/v1/inbox/views/{id}/", { params: { path: { id: current.id } }, body: values }))
        : call(api.POST("/api/v1/inbox/views/", { body: { ...values, filters }, headers: once() })),
    onSuccess: async (view) => {
      await settled();
      setDialog(null);
      onSearch({ view: view.id });
    },
    onError: (error) => !(error instanceof ApiError && error.fields.name) && notifyFailure(error),
  });
  const update = useMutation({
    mutationFn: (view: SavedView) =>
      call(
        api.PATCH("/api/v1/inbox/views/{id}/", {
          params: { path: { id: view.id } },
          body: { filters, shared: view.shared },
        }),
      ),
    onSuccess: async (view) => {
      await settled();
      notifyDone(t("views.updated"));
      onSearch({ view: view.id });
    },
    onError: (error) => notifyFailure(error),
  });
  const remove = useMutation({
    mutationFn: (view: SavedView) =>
      call(api.DELETE("/api/v1/inbox/views/{id}/", { params: { path: { id: view.id } } })),
    onSuccess: async () => {
      setDialog(null);
      onSearch({});
      await settled();
    },
    onError: (error) => notifyFailure(error),
  });
  const changed = current !== undefined && Object.keys(search).length > 1;
  if (!canWrite) return null;

  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>{children}</Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => setDialog("new")}>
            {t("views.save")}
          </Menu.Item>
          {current !== undefined && (
            <>
              <Menu.Label>
                <bdi>{current.name}</bdi>
              </Menu.Label>
              {changed && (
                <Menu.Item
                  leftSection={<IconDeviceFloppy size={16} />}
                  onClick={() => update.mutate(current)}
                >
                  {t("views.update")}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog("change")}>
                {t("views.change")}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={16} />}
                color="red"
                onClick={() => setDialog("delete")}
              >
                {t("views.delete")}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={dialog === "new" || dialog === "change"}
        onClose={() => setDialog(null)}
        title={t(dialog === "change" ? "views.change" : "views.save")}
      >
        <Form
          view={dialog === "change" ? current : undefined}
          error={save.error instanceof ApiError ? save.error.fields.name?.[0] : undefined}
          loading={save.isPending}
          onSave={save.mutate}
        />
      </Modal>
      <ConfirmDialog
        opened={dialog === "delete" && current !== undefined}
        onClose={() => setDialog(null)}
        title={t("views.deleteTitle", { name: current?.name ?? "" })}
        text={t("views.deleteText")}
        confirm={t("views.delete")}
        onConfirm={() => current !== undefined && remove.mutate(current)}
        loading={remove.isPending}
      />
    </>
  );
}

interface FormProps {
  view: SavedView | undefined;
  error: string | undefined;
  loading: boolean;
  onSave: (values: { name: string; shared: boolean }) => void;
}

function Form({ view, error, loading, onSave }: FormProps) {
  const { t } = useTranslation("inbox");
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState(view?.shared ?? false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ name: name.trim(), shared });
      }}
    >
      <Stack>
        <TextInput
          label={t("views.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={error}
          maxLength={80}
          required
          data-autofocus
          dir="auto"
        />
        <Switch
          label={t("views.shared")}
          description={t("views.sharedText")}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={loading} disabled={name.trim() === ""}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
