/** The settings: their list of pages beside the one that is open. */

import { Text } from "@mantine/core";
import { Link, Navigate, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import classes from "./Shell.module.css";
import { useSettingsPages } from "./usePages";

const GROUPS = ["workspace", "inbox", "data", "team"] as const;

export function SettingsLayout() {
  const { t } = useTranslation();
  const links = useSettingsPages();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = links[0];
  const nav = useRef<HTMLElement>(null);
  // On phones the list is a strip: the page that is open is brought into sight.
  useEffect(() => {
    nav.current
      ?.querySelector("[data-status=active]")
      ?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [path]);
  if (path.replace(/\/$/, "") === "/settings" && first !== undefined)
    return <Navigate to={first.to} replace />;
  return (
    <div className={classes.settings}>
      <nav ref={nav} className={classes.settingsNav} aria-label={t("nav.settings")}>
        {GROUPS.filter((group) => links.some((link) => link.group === group)).map((group) => (
          <div key={group} className={classes.settingsGroup}>
            <Text
              size="xs"
              fw={600}
              c="var(--wasl-muted)"
              px={10}
              mt="sm"
              mb={4}
              className={classes.settingsHeading}
            >
              {t(`settings.groups.${group}`)}
            </Text>
            {links
              .filter((link) => link.group === group)
              .map(({ to, label, icon: Icon }) => (
                <Link key={to} to={to} className={classes.link}>
                  <Icon size={18} stroke={1.6} />
                  {t(label)}
                </Link>
              ))}
          </div>
        ))}
      </nav>
      <div className={classes.settingsPage}>
        <Outlet />
      </div>
    </div>
  );
}
