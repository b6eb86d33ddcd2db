/** Who is signed in, with language, colours, the account's pages and the way out. */

import {
  Avatar,
  Group,
  Menu,
  Text,
  UnstyledButton,
  VisuallyHidden,
  type MantineColorScheme,
} from "@mantine/core";
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, queryClient } from "@/lib/api";
import { LANGUAGE_NAMES, LANGUAGES } from "@/lib/i18n";
import { useMe } from "@/lib/session";

import { usePreferences } from "./usePreferences";

const SCHEMES: readonly (readonly [MantineColorScheme, typeof IconSun])[] = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconDeviceDesktop],
];

export function UserMenu() {
  const { t } = useTranslation();
  const { user, label } = useMe();
  const { language: current, scheme: currentScheme, choose } = usePreferences();
  const signOut = useMutation({
    mutationFn: () => call(api.POST("/api/v1/auth/logout/")),
    onSuccess: () => {
      queryClient.clear();
      location.assign("/sign-in");
    },
    onError: (error) => notifyFailure(error),
  });
  const name = user?.name || user?.email || label;
  return (
    <Menu position="right-end" width={230}>
      <Menu.Target>
        <UnstyledButton px={6} h={44}>
          <Group gap="xs" wrap="nowrap">
            <Avatar size={28} radius="xl" name={name} color="initials" />
            <Text size="sm" truncate flex={1} dir="auto">
              {name}
            </Text>
            <VisuallyHidden>{t("user.menu")}</VisuallyHidden>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("user.language")}</Menu.Label>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            onClick={() => choose({ language })}
            fw={language === current ? 650 : 400}
          >
            {LANGUAGE_NAMES[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("user.theme")}</Menu.Label>
        {SCHEMES.map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} />}
            onClick={() => choose({ theme: scheme })}
            fw={scheme === currentScheme ? 650 : 400}
          >
            {t(`user.themes.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/settings/account" leftSection={<IconUserCircle size={16} />}>
          {t("user.account")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t("user.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
