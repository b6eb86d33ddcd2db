/** Whether a message or a note is written, and how long messages may still be written freely. */

import { Tooltip } from "@mantine/core";
import { IconClockHour4, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Closing } from "../model/closing";
import classes from "./composer.module.css";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** To the hour while there is time, to the minute at the end. */
function rounded(ms: number): number {
  const unit = ms > 2 * HOUR_MS ? HOUR_MS : MINUTE_MS;
  return Math.max(unit, Math.floor(ms / unit) * unit);
}

interface Props {
  note: boolean;
  closing: Closing;
  onChange: (note: boolean) => void;
}

export function ComposerModes({ note, closing, onChange }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const counts = closing.kind === "calm" || closing.kind === "soon";
  return (
    <div className={classes.modes}>
      <div role="tablist" aria-label={t("composer.mode")}>
        <button
          type="button"
          role="tab"
          className={classes.mode}
          aria-selected={!note}
          onClick={() => onChange(false)}
        >
          {t("composer.reply")}
        </button>
        <button
          type="button"
          role="tab"
          className={classes.mode}
          aria-selected={note}
          onClick={() => onChange(true)}
        >
          <IconLock size={13} stroke={1.8} aria-hidden /> {t("composer.note")}
        </button>
      </div>
      {!note && counts && (
        <Tooltip label={t("window.explained")} multiline maw={280}>
          <span className={classes.clock} data-soon={closing.kind === "soon" || undefined}>
            <IconClockHour4 size={14} stroke={1.7} aria-hidden />
            {t("window.closesIn", { left: format.duration(rounded(closing.left)) })}
          </span>
        </Tooltip>
      )}
    </div>
  );
}
