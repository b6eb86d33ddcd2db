/** The navigation at the foot of a phone: the first pages, and a button for the rest. */

import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import classes from "./Shell.module.css";
import { usePages } from "./usePages";

const SHOWN = 4;

export function BottomBar({ more }: { more: React.ReactNode }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.bottomRow} aria-label={t("nav.label")}>
      {usePages()
        .slice(0, SHOWN)
        .map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className={classes.bottomLink}>
            <Icon size={22} stroke={1.6} />
            <Text size="xs">{t(label)}</Text>
          </Link>
        ))}
      {more}
    </nav>
  );
}
