/** The way back to the list of channels. */

import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import classes from "./channels.module.css";

export function BackToChannels() {
  const { t } = useTranslation("channels");
  return (
    <Link to="/settings/channels" className={classes.back}>
      <IconArrowLeft size={16} stroke={1.6} className={classes.mirrored} aria-hidden />
      {t("list.title")}
    </Link>
  );
}
