/** The roles, and what each lets one do. */

import { Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useMe } from "@/lib/session";

import { useRoles } from "../queries";
import { useRoleWords } from "../useRoleWords";
import { useScopeWords } from "../useScopeWords";

export function RolesPage() {
  const { t } = useTranslation("team");
  const { role: mine } = useMe();
  const roles = useRoles();
  const roleWords = useRoleWords();
  const scopeWords = useScopeWords();
  return (
    <Page>
      <PageHeader title={t("roles.title")} text={t("roles.text")} />
      {roles.isPending && <ListSkeleton rows={4} />}
      {roles.isError && <Failure error={roles.error} retry={() => void roles.refetch()} />}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        {roles.data?.map(({ slug, label, scopes }) => {
          const { title, text } = roleWords(slug, label);
          return (
            <Paper key={slug} component="section" withBorder radius="lg" p="lg">
              <Group gap="xs">
                <Title order={2} size="h5" dir="auto">
                  {title}
                </Title>
                {slug === mine && (
                  <Badge size="sm" variant="light" tt="none">
                    {t("roles.yours")}
                  </Badge>
                )}
              </Group>
              {text !== "" && (
                <Text size="sm" c="var(--wasl-muted)" mt={4}>
                  {text}
                </Text>
              )}
              <Stack component="ul" gap={6} mt="md" mb={0} p={0} style={{ listStyle: "none" }}>
                {scopes.map((scope) => (
                  <Group key={scope} component="li" gap={8} wrap="nowrap" align="start">
                    <IconCheck
                      size={16}
                      stroke={2}
                      color="var(--mantine-primary-color-filled)"
                      style={{ flexShrink: 0, marginTop: 3 }}
                      aria-hidden
                    />
                    <Text size="sm">{scopeWords(scope).text}</Text>
                  </Group>
                ))}
              </Stack>
            </Paper>
          );
        })}
      </SimpleGrid>
    </Page>
  );
}
