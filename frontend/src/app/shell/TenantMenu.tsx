/** Whose workspace this is, and the way to one's others. */

import { Avatar, Group, Menu, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useMe, useTenant } from "@/lib/session";

export function TenantMenu() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { tenants } = useMe();
  const title = (
    <Group gap="xs" wrap="nowrap" px={6} h={40}>
      <Avatar size={28} radius="md" color="brand" variant="filled" name={tenant.name} />
      <Text fw={650} size="sm" truncate flex={1} dir="auto">
        {tenant.name}
      </Text>
      {tenants.length > 1 && <IconSelector size={16} aria-hidden />}
    </Group>
  );
  if (tenants.length < 2) return title;
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <UnstyledButton>
          {title}
          <VisuallyHidden>{t("tenants.switch")}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("tenants.label")}</Menu.Label>
        {tenants.map(({ id, name, slug }) => (
          <Menu.Item key={id} rightSection={slug === tenant.slug && <IconCheck size={16} />}>
            <Text size="sm" dir="auto">
              {name}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
