/** The head of the builder: the name, whether it is saved, and what can be done with the whole. */

import { ActionIcon, Anchor, Badge, Button, Group, Menu, Tooltip, VisuallyHidden } from "@mantine/core";
import {
  IconAlertCircle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconCircleCheck,
  IconLayoutDistributeVertical,
  IconNote,
  IconPlayerPlay,
  IconPlus,
  IconSettings,
  IconTools,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { useFormat } from "@/lib/format";

import { WorkflowMenu } from "../list/WorkflowMenu";
import { PublishDialog } from "../publish/PublishDialog";
import { DryRunDrawer } from "../run/DryRunDrawer";
import { StatusLabel } from "../StatusLabel";
import classes from "./builder.module.css";
import { SaveStatus } from "./SaveStatus";
import { useBuilder } from "./useBuilder";

type Opened = "publish" | "test" | null;

export function Header({ duplicate }: { duplicate: () => void }) {
  const { t } = useTranslation("workflows");
  const builder = useBuilder();
  const { workflow, draft, readOnly } = builder;
  const [opened, setOpened] = useState<Opened>(null);

  async function openSaved(what: Opened): Promise<void> {
    const state = await draft.flush();
    if (state === "saved") setOpened(what);
    else notifyFailure(draft.error ?? new Error(t(`builder.save.${state}`)), t("builder.saveFirst"));
  }

  return (
    <header className={classes.header}>
      <Anchor
        renderRoot={(props) => <Link to="/workflows" {...props} />}
        className={classes.back}
        aria-label={t("builder.back")}
      >
        <IconChevronLeft size={20} stroke={1.6} className={classes.mirrored} />
      </Anchor>
      <Name />
      <StatusLabel status={workflow.status} />
      <SaveStatus />
      <Group gap={4} ms="auto" wrap="nowrap">
        {!readOnly && <Tools duplicate={duplicate} />}
        <Problems />
        <Button
          variant="default"
          size="xs"
          fz="sm"
          leftSection={<IconPlayerPlay size={16} stroke={1.6} />}
          onClick={() => void openSaved("test")}
        >
          {t("builder.test")}
        </Button>
        {!readOnly && (
          <Button size="xs" fz="sm" onClick={() => void openSaved("publish")}>
            {t("builder.publish")}
          </Button>
        )}
        <WorkflowMenu
          workflow={{ ...workflow, description: workflow.description ?? "", revision: draft.revision }}
        />
      </Group>
      <PublishDialog workflowId={workflow.id} opened={opened === "publish"} onClose={() => setOpened(null)} />
      <DryRunDrawer workflowId={workflow.id} opened={opened === "test"} onClose={() => setOpened(null)} />
    </header>
  );
}

function Name() {
  const { t } = useTranslation("workflows");
  const { draft, readOnly } = useBuilder();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? draft.name;
  function done(): void {
    const name = typed?.trim() ?? "";
    if (name !== "" && name !== draft.name) draft.rename(name);
    setTyped(null);
  }
  return (
    <h1 className={classes.heading}>
      {readOnly ? (
        <span dir="auto">{draft.name}</span>
      ) : (
        <>
          <VisuallyHidden>{draft.name}</VisuallyHidden>
          <input
            className={classes.name}
            dir="auto"
            aria-label={t("builder.name")}
            maxLength={200}
            value={shown}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={done}
            onKeyDown={(event) => {
              if (event.key === "Escape") setTyped(null);
              if (event.key === "Enter") event.currentTarget.blur();
            }}
          />
        </>
      )}
    </h1>
  );
}

/** Undo, redo, and the tools that are too seldom used for a button each. */
function Tools({ duplicate }: { duplicate: () => void }) {
  const { t } = useTranslation("workflows");
  const builder = useBuilder();
  const { draft } = builder;
  const buttons = [
    { label: t("builder.undo"), icon: IconArrowBackUp, run: draft.undo, off: !draft.canUndo },
    { label: t("builder.redo"), icon: IconArrowForwardUp, run: draft.redo, off: !draft.canRedo },
  ];
  return (
    <>
      {buttons.map(({ label, icon: Icon, run, off }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon
            size="lg"
            aria-label={label}
            disabled={off}
            onClick={run}
            visibleFrom="sm"
            className={classes.quiet}
          >
            <Icon size={18} stroke={1.6} className={classes.mirrored} />
          </ActionIcon>
        </Tooltip>
      ))}
      <Tooltip label={t("builder.add")}>
        <ActionIcon
          size="lg"
          aria-label={t("builder.add")}
          onClick={() => builder.show({ kind: "palette", spot: undefined })}
        >
          <IconPlus size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <Tooltip label={t("builder.tools")}>
            <ActionIcon size="lg" aria-label={t("builder.tools")}>
              <IconTools size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconSettings size={16} />}
            onClick={() => builder.show({ kind: "settings", field: "" })}
          >
            {t("builder.settings.title")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLayoutDistributeVertical size={16} />} onClick={builder.arrange}>
            {t("builder.arrange")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconNote size={16} />}
            onClick={() => builder.addComment()}
            visibleFrom="sm"
          >
            {t("builder.comment")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPlus size={16} />}
            disabled={builder.selection.size === 0}
            onClick={duplicate}
          >
            {t("builder.duplicate")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowBackUp size={16} />}
            disabled={!draft.canUndo}
            onClick={draft.undo}
            hiddenFrom="sm"
          >
            {t("builder.undo")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function Problems() {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { problems, isChecking, dock, show } = useBuilder();
  const count = problems.length;
  const label =
    count === 0
      ? t("builder.problems.none")
      : t("builder.problems.count", { count, shown: format.number(count) });
  const isOpen = dock.kind === "problems";
  return (
    <Tooltip label={label}>
      <Button
        variant={isOpen ? "light" : "subtle"}
        color={count > 0 ? "red" : "gray"}
        size="xs"
        fz="sm"
        px={8}
        loading={isChecking}
        aria-expanded={isOpen}
        aria-label={label}
        onClick={() => show(isOpen ? { kind: "none" } : { kind: "problems" })}
      >
        {count === 0 ? (
          <IconCircleCheck size={18} stroke={1.6} aria-hidden />
        ) : (
          <Badge
            color="red"
            variant="filled"
            size="lg"
            leftSection={<IconAlertCircle size={14} aria-hidden />}
            style={{ cursor: "pointer" }}
          >
            {format.number(count)}
          </Badge>
        )}
      </Button>
    </Tooltip>
  );
}
