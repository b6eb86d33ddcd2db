/** Whose workspace this is, and the way to one's others. */

import { Avatar, Group, Menu, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call } from "@/lib/api";
import { brandQuery, useMe, useTenant } from "@/lib/session";

/** Sessions are bound to their host: a way that is good once opens one on the other tenant's. */
function useHandOver() {
  return useMutation({
    mutationFn: (tenant: string) => call(api.POST("/api/v1/auth/hand-over/", { body: { tenant } })),
    onSuccess: ({ url }) => location.assign(url),
    onError: (error) => notifyFailure(error),
  });
}

function Title({ several }: { several: boolean }) {
  const tenant = useTenant();
  const logo = useQuery(brandQuery).data?.brand.logo_url;
  return (
    <Group gap="xs" wrap="nowrap" px={6} h={40}>
      <Avatar
        size={28}
        radius="md"
        color="brand"
        variant="filled"
        name={tenant.name}
        src={logo ?? null}
        alt=""
      />
      <Text fw={650} size="sm" truncate flex={1} dir="auto">
        {tenant.name}
      </Text>
      {several && <IconSelector size={16} aria-hidden />}
    </Group>
  );
}

export function TenantMenu() {
  const { t } = useTranslation();
  const { slug: current } = useTenant();
  const { tenants } = useMe();
  const handOver = useHandOver();
  if (tenants.length < 2) return <Title several={false} />;
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton>
          <Title several />
          <VisuallyHidden>{t("tenants.switch")}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflow: "auto" }}>
        <Menu.Label>{t("tenants.label")}</Menu.Label>
        {tenants.map(({ id, name, slug, access }) => (
          <Menu.Item
            key={id}
            rightSection={slug === current && <IconCheck size={16} />}
            disabled={handOver.isPending}
            onClick={() => slug !== current && handOver.mutate(slug)}
          >
            <Text size="sm" dir="auto">
              {name}
            </Text>
            {access === "agency" && (
              <Text size="xs" c="var(--wasl-muted)">
                {t("tenants.agency")}
              </Text>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
