/** The builder's keys; all of them stand on the help sheet. */

import { useTranslation } from "react-i18next";

import { idIn } from "@/components/graph";
import { useShortcuts } from "@/lib/shortcuts";

import type { Builder } from "./useBuilder";

/** Letters mean the canvas only while no dialog lies over it. */
const isFree = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') === null;

/** What changes the chosen cards needs the keys to be with them, not in a form beside them. */
function isOnCanvas(): boolean {
  const at = document.activeElement;
  return (
    isFree() &&
    (at === document.body || at?.id === "main" || at?.closest(".react-flow, [data-steps]") != null)
  );
}

/** Letters make and move cards: not while somebody is busy in the panel beside the canvas. */
const unlessInPanel = (run: () => void) => (): void => {
  if (isFree() && document.activeElement?.closest("aside") == null) run();
};

export function useBuilderShortcuts(builder: Builder, duplicate: () => void): void {
  const { t } = useTranslation("workflows");
  const { draft, selection, chosen, readOnly } = builder;
  const group = t("builder.keys.group");
  const remove = (): void => {
    if (isOnCanvas()) builder.remove(selection);
  };
  const add = (): void => builder.show({ kind: "palette", spot: undefined });
  const writing = [
    { keys: "mod+z", label: t("builder.undo"), run: draft.undo },
    { keys: "mod+shift+z", label: t("builder.redo"), run: draft.redo },
    { keys: "mod+y", label: t("builder.redo"), run: draft.redo },
    { keys: "a", label: t("builder.keys.add"), run: unlessInPanel(add) },
    { keys: "delete", label: t("builder.keys.remove"), run: remove },
    { keys: "backspace", label: t("builder.keys.remove"), run: remove },
    { keys: "mod+d", label: t("builder.duplicate"), run: duplicate },
    { keys: "l", label: t("builder.arrange"), run: unlessInPanel(builder.arrange) },
    { keys: "n", label: t("builder.comment"), run: unlessInPanel(() => builder.addComment()) },
    {
      keys: "c",
      label: t("builder.keys.connect"),
      run: unlessInPanel(() => {
        if (chosen !== null && idIn("trigger", chosen) === null) builder.open(chosen, "ports");
      }),
    },
  ];
  const reading = [
    {
      keys: "mod+a",
      label: t("builder.keys.all"),
      run: () => builder.select(new Set(builder.document.nodes.map((node) => node.id))),
    },
    {
      keys: "escape",
      label: t("builder.keys.none"),
      run: () => {
        if (builder.dock.kind === "card") builder.select(new Set());
        else builder.show({ kind: "none" });
      },
    },
    { keys: "p", label: t("builder.problems.title"), run: () => builder.show({ kind: "problems" }) },
    {
      keys: "s",
      label: t("builder.settings.title"),
      run: () => builder.show({ kind: "settings", field: "" }),
    },
  ];
  useShortcuts(
    [...reading, ...(readOnly ? [] : writing)].map(({ run, ...each }) => ({
      ...each,
      group,
      run: () => {
        if (isFree()) run();
      },
    })),
  );
}
