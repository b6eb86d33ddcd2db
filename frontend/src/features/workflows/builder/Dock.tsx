/** What stands beside the canvas: what can be added, the chosen card's settings, the workflow's own, or its problems. */

import { ActionIcon, Drawer, Group, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { ErrorBoundary } from "@/components/feedback";
import { focusCard, idIn } from "@/components/graph";

import classes from "./builder.module.css";
import { Palette } from "./palette/Palette";
import { CardPanel } from "./panel/CardPanel";
import { SettingsPanel } from "./panel/SettingsPanel";
import { ProblemsList } from "./ProblemsList";
import { useFocusInto } from "./useFocusInto";
import { useBuilder, type Dock as DockState } from "./useBuilder";

interface Props {
  isPhone: boolean;
  duplicate: () => void;
}

/** Whether Escape closes something of the field itself, such as its list of choices. */
const isOpen = (target: EventTarget): boolean =>
  document.querySelector(".cm-tooltip") !== null ||
  (target instanceof HTMLElement &&
    target.closest('[aria-expanded="true"], [role="listbox"], [role="menu"], [role="dialog"]') !== null);

export function Dock({ isPhone, duplicate }: Props) {
  const { t } = useTranslation("workflows");
  const { dock, show, select, chosen } = useBuilder();
  const box = useFocusInto(dock);
  const close = (): void => (dock.kind === "card" ? select(new Set()) : show({ kind: "none" }));
  if (dock.kind === "none") return null;
  const titles: Readonly<Record<DockState["kind"], string>> = {
    palette: t("builder.palette.title"),
    card: t(idIn("trigger", chosen ?? "") === null ? "builder.panel.title" : "builder.trigger.title"),
    settings: t("builder.settings.title"),
    problems: t("builder.problems.title"),
    none: "",
  };
  const title = titles[dock.kind];
  const content = (
    <div
      ref={box}
      // Before the fields hear of it, while what Escape would close of theirs is still open.
      onKeyDownCapture={(event) => {
        if (event.key !== "Escape" || isPhone || isOpen(event.target)) return;
        if (dock.kind !== "card") close();
        if (chosen !== null) focusCard(chosen);
      }}
    >
      <ErrorBoundary key={dock.kind}>
        <Content dock={dock} duplicate={duplicate} />
      </ErrorBoundary>
    </div>
  );
  if (isPhone)
    return (
      <Drawer
        opened
        onClose={close}
        title={title}
        size="100%"
        position="bottom"
        padding="md"
        closeButtonProps={{ "aria-label": t("builder.close") }}
      >
        {content}
      </Drawer>
    );
  return (
    <aside className={classes.dock} aria-label={title}>
      <Group justify="space-between" className={classes.dockHead} wrap="nowrap">
        <Title order={2} size="h5">
          {title}
        </Title>
        <ActionIcon aria-label={t("builder.close")} onClick={close}>
          <IconX size={18} stroke={1.6} />
        </ActionIcon>
      </Group>
      <div className={classes.dockBody}>{content}</div>
    </aside>
  );
}

function Content({ dock, duplicate }: { dock: DockState; duplicate: () => void }) {
  const parts: Readonly<Record<DockState["kind"], () => React.ReactNode>> = {
    palette: () => <Palette spot={dock.kind === "palette" ? dock.spot : undefined} />,
    card: () => <CardPanel duplicate={duplicate} />,
    settings: () => <SettingsPanel />,
    problems: () => <ProblemsList />,
    none: () => null,
  };
  return parts[dock.kind]();
}
