/** Begins a workflow: empty, from a template, or from a file. */

import { Button, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { IconChevronDown, IconFileImport, IconLayoutGrid, IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, ApiError, call, once } from "@/lib/api";

import { WORKFLOWS } from "../queries";
import { ImportDialog } from "./ImportDialog";

type Open = "blank" | "import" | null;

export function NewWorkflow() {
  const { t } = useTranslation("workflows");
  const [open, setOpen] = useState<Open>(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconPlus size={16} />} rightSection={<IconChevronDown size={14} />}>
            {t("new.button")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => setOpen("blank")}>
            {t("new.blank")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLayoutGrid size={16} />}
            renderRoot={(props) => <Link to="/workflows/templates" {...props} />}
          >
            {t("new.template")}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileImport size={16} />} onClick={() => setOpen("import")}>
            {t("new.import")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        closeButtonProps={{ "aria-label": t("migrate.close") }}
        opened={open === "blank"}
        onClose={() => setOpen(null)}
        title={t("new.blankTitle")}
      >
        <BlankForm />
      </Modal>
      <ImportDialog opened={open === "import"} onClose={() => setOpen(null)} />
    </>
  );
}

/** Asks for nothing but the name. */
function BlankForm() {
  const { t } = useTranslation("workflows");
  const [name, setName] = useState("");
  const [key] = useState(() => once());
  const client = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/workflow/workflows/", {
          params: { header: key },
          body: { name, draft: { triggers: [], nodes: [], edges: [] } },
        }),
      ),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: WORKFLOWS });
      await navigate({ to: "/workflows/$workflowId", params: { workflowId: made.id } });
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.fields.name === undefined) notifyFailure(error);
    },
  });
  const wrong = make.error instanceof ApiError ? make.error.fields.name?.join(" ") : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t("new.name")}
          placeholder={t("new.namePlaceholder")}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={wrong}
          maxLength={120}
          required
          dir="auto"
          data-autofocus
        />
        <Group justify="flex-end">
          <Button type="submit" disabled={name.trim() === ""} loading={make.isPending}>
            {t("new.make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
