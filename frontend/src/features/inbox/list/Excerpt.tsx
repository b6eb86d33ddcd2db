/** What was said last, in one line: a sign for its kind, who said it, and the beginning of it. */

import { useTranslation } from "react-i18next";

import { KIND_ICONS } from "../model/kinds";
import type { Conversation } from "../model/types";
import classes from "./list.module.css";

export function Excerpt({ message, mine }: { message: Conversation["last_message"]; mine: boolean }) {
  const { t } = useTranslation("inbox");
  if (message === null) return <span className={classes.excerpt} />;
  const Icon = KIND_ICONS[message.type];
  const text = message.text.trim() === "" ? t(`kinds.${message.type}`) : message.text;
  return (
    <span className={classes.excerpt}>
      {message.state === "failed" && <span className={classes.unsent}>{t("list.failed")}</span>}
      {mine && <span className={classes.you}>{t("list.you")}</span>}
      {Icon !== undefined && <Icon size={14} stroke={1.7} className={classes.kind} aria-hidden />}
      <span className={classes.said} dir="auto">
        {text}
      </span>
    </span>
  );
}
