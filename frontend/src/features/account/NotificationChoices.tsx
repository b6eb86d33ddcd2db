/** Which kinds of notifications reach one here, and which by mail too. */

import { Switch, Table, Text, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";

import { useProfile } from "./useProfile";

type Choice = Schema<"NotificationPreference">;

export function NotificationChoices({ chosen }: { chosen: readonly Choice[] }) {
  const { t } = useTranslation("account");
  const profile = useProfile();
  const choose = (choice: Choice, change: Partial<Choice>) =>
    profile.mutate({ notifications: [{ ...choice, ...change }] });
  return (
    <Table verticalSpacing="sm" horizontalSpacing={0}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <VisuallyHidden>{t("notifications.kind")}</VisuallyHidden>
          </Table.Th>
          <Table.Th ta="center" w={90}>
            {t("notifications.inApp")}
          </Table.Th>
          <Table.Th ta="center" w={90}>
            {t("notifications.email")}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {chosen.map((choice) => {
          const title = t(`notifications.kinds.${choice.kind}.title`, { defaultValue: choice.kind });
          return (
            <Table.Tr key={choice.kind}>
              <Table.Td>
                <Text size="sm" fw={500}>
                  {title}
                </Text>
                <Text size="sm" c="var(--wasl-muted)">
                  {t(`notifications.kinds.${choice.kind}.text`, { defaultValue: "" })}
                </Text>
              </Table.Td>
              <Table.Td>
                <Switch
                  mx="auto"
                  w="fit-content"
                  checked={choice.in_app}
                  aria-label={`${title}: ${t("notifications.inApp")}`}
                  onChange={(event) => choose(choice, { in_app: event.currentTarget.checked })}
                />
              </Table.Td>
              <Table.Td>
                <Switch
                  mx="auto"
                  w="fit-content"
                  checked={choice.email}
                  aria-label={`${title}: ${t("notifications.email")}`}
                  onChange={(event) => choose(choice, { email: event.currentTarget.checked })}
                />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
