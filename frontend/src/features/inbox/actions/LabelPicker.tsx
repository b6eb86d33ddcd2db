/** Which labels conversations wear; stays open for several. */

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, once } from "@/lib/api";

import { keys } from "../sync/keys";
import { useActions } from "../sync/useActions";
import { useLabels } from "../sync/useSurroundings";
import type { PickerProps } from "./ActionDialog";
import classes from "./actions.module.css";
import { PickList } from "./PickList";

const COLORS = ["#0f766e", "#2563eb", "#9333ea", "#c2410c", "#b91c1c", "#4d7c0f", "#475569"];

export function LabelPicker({ targets }: PickerProps) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const labels = useLabels().data ?? [];
  const { label: change } = useActions();
  const ids = targets.map(({ id }) => id);
  const worn = (id: string): boolean => targets.every((each) => each.labels.some((label) => label.id === id));

  async function create(name: string): Promise<void> {
    const color = COLORS[labels.length % COLORS.length];
    try {
      const made = await call(api.POST("/api/v1/inbox/labels/", { body: { name, color }, headers: once() }));
      await client.invalidateQueries({ queryKey: keys.labels });
      change(ids, { add: made });
    } catch (error) {
      notifyFailure(error);
    }
  }

  return (
    <PickList
      label={t("label.search")}
      empty={t("label.none")}
      options={labels.map((label) => {
        return {
          id: label.id,
          name: label.name,
          chosen: worn(label.id),
          icon: <i className={classes.dot} style={{ background: label.color }} aria-hidden />,
        };
      })}
      onPick={(id) => {
        const label = labels.find((each) => each.id === id);
        if (label !== undefined) change(ids, worn(id) ? { remove: label } : { add: label });
      }}
      create={{ text: (name) => t("label.create", { name }), run: (name) => void create(name) }}
    />
  );
}
