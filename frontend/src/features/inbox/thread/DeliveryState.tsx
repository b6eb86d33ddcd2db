/** Where an outgoing message is: waiting, sent, delivered, read, failed, or nobody knows. */

import { Tooltip } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconHelpCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Message } from "../model/types";
import classes from "./thread.module.css";

const ICONS = {
  queued: IconClock,
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
  unknown: IconHelpCircle,
} as const;

interface Props {
  state: keyof typeof ICONS;
  message?: Message;
}

export function DeliveryState({ state, message }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const Icon = ICONS[state];
  const when = message?.read_at ?? message?.delivered_at ?? null;
  const label =
    when === null
      ? t(`states.${state}`)
      : t("states.at", { state: t(`states.${state}`), at: format.dateTime(when) });
  return (
    <Tooltip label={label}>
      <span className={classes.state} data-state={state} role="img" aria-label={label}>
        <Icon size={15} stroke={1.9} aria-hidden />
      </span>
    </Tooltip>
  );
}
