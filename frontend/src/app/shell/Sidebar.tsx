/** The navigation at the side: the tenant, search, pages, and below them what is mine. */

import { Box, Kbd, Text, UnstyledButton } from "@mantine/core";
import { IconKeyboard, IconSearch, IconSettings } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { NotificationsMenu } from "./NotificationsMenu";
import classes from "./Shell.module.css";
import { TenantMenu } from "./TenantMenu";
import { UserMenu } from "./UserMenu";
import { usePages } from "./usePages";

interface Props {
  onHelp: () => void;
  onSearch: () => void;
}

export function Sidebar({ onHelp, onSearch }: Props) {
  const { t } = useTranslation();
  const pages = usePages();
  return (
    <nav className={classes.nav} aria-label={t("nav.label")}>
      <TenantMenu />
      <UnstyledButton className={classes.searchButton} onClick={onSearch}>
        <IconSearch size={16} aria-hidden />
        <Text span size="sm" flex={1}>
          {t("palette.open")}
        </Text>
        <Kbd size="xs" className="ltr">
          Ctrl K
        </Kbd>
      </UnstyledButton>
      {pages.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={classes.link}>
          <Icon size={19} stroke={1.6} />
          {t(label)}
        </Link>
      ))}
      <Box flex={1} />
      <NotificationsMenu />
      <Link to="/settings" className={classes.link}>
        <IconSettings size={19} stroke={1.6} />
        {t("nav.settings")}
      </Link>
      <UnstyledButton className={classes.link} onClick={onHelp}>
        <IconKeyboard size={19} stroke={1.6} />
        {t("shortcuts.title")}
      </UnstyledButton>
      <UserMenu />
    </nav>
  );
}
