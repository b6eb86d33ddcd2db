/** What becomes of a workflow's triggers when it is published. */

import { List, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";

interface Props {
  triggers: readonly Schema<"TriggerProspect">[];
  isActive: boolean;
}

export function TriggerChanges({ triggers, isActive }: Props) {
  const { t } = useTranslation("workflows");
  const changed = triggers.filter(({ change }) => change !== "kept");
  if (changed.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {t("publish.triggers")}
      </Title>
      <List size="sm" spacing={4}>
        {changed.map(({ id, label, change }) => (
          <List.Item key={id}>
            <bdi>{label}</bdi>: {t(`publish.trigger.${change}`)}
          </List.Item>
        ))}
      </List>
      {!isActive && (
        <Text size="sm" c="var(--wasl-muted)" mt="xs">
          {t("publish.triggersLater")}
        </Text>
      )}
    </section>
  );
}
