/** Whether all that was changed is on the server. */

import { Loader, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCloudOff, IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { SaveState } from "./saver";
import { useBuilder } from "./useBuilder";

const ICONS: Readonly<Record<SaveState, React.ReactNode>> = {
  saved: <IconCheck size={14} stroke={1.8} aria-hidden />,
  waiting: <IconDots size={14} stroke={1.8} aria-hidden />,
  saving: <Loader size={12} aria-hidden />,
  offline: <IconCloudOff size={14} stroke={1.8} aria-hidden />,
  conflict: <IconAlertTriangle size={14} stroke={1.8} aria-hidden />,
  refused: <IconAlertTriangle size={14} stroke={1.8} aria-hidden />,
};
const BAD: ReadonlySet<SaveState> = new Set(["offline", "conflict", "refused"]);

export function SaveStatus() {
  const { t } = useTranslation("workflows");
  const { draft, readOnly } = useBuilder();
  if (readOnly) return <Text size="xs">{t("builder.readOnly")}</Text>;
  const { state, error } = draft;
  const why = state === "refused" && error instanceof Error ? error.message : t(`builder.saveHelp.${state}`);
  return (
    <Tooltip label={why} multiline maw={320}>
      <Text
        role="status"
        size="xs"
        c={BAD.has(state) ? "red" : "var(--wasl-muted)"}
        style={{ display: "flex", alignItems: "center", gap: 4, whiteSpace: "nowrap" }}
      >
        {ICONS[state]}
        {t(`builder.save.${state}`)}
      </Text>
    </Tooltip>
  );
}
