/** Until when conversations are put away. */

import { useTranslation } from "react-i18next";

import { useActions } from "../sync/useActions";
import type { PickerProps } from "./ActionDialog";
import { WhenPicker } from "./WhenPicker";

export function SnoozePicker({ targets, onDone }: PickerProps) {
  const { t } = useTranslation("inbox");
  const { snooze } = useActions();
  return (
    <WhenPicker
      confirm={t("actions.snooze")}
      onPick={(until) => {
        snooze(
          targets.map(({ id }) => id),
          until,
        );
        onDone();
      }}
    />
  );
}
