/** What a template promises and costs, in a line. */

import { Group, Text } from "@mantine/core";
import { IconCoin, IconLanguage, IconStopwatch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { LANGUAGE_NAMES, LANGUAGES, languageOf } from "@/lib/i18n";

const MINUTE_MS = 60_000;

export function Facts({ template }: { template: Schema<"Template"> }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { sla, estimated_cost: cost, languages } = template;
  const minutes = sla?.first_reply_minutes ?? sla?.resolution_minutes ?? null;
  const isTranslated = languages.length >= LANGUAGES.length;
  if (minutes === null && cost.total === 0 && isTranslated) return null;
  return (
    <Group gap="md" mt="sm">
      {minutes !== null && (
        <Fact icon={IconStopwatch}>{t("gallery.sla", { time: format.duration(minutes * MINUTE_MS) })}</Fact>
      )}
      {cost.total > 0 && (
        <Fact icon={IconCoin}>{t("gallery.cost", { cost: format.money(cost.total, cost.currency) })}</Fact>
      )}
      {!isTranslated && (
        <Fact icon={IconLanguage}>
          {format.list(languages.map((language) => LANGUAGE_NAMES[languageOf(language)]))}
        </Fact>
      )}
    </Group>
  );
}

function Fact({ icon: Icon, children }: { icon: typeof IconCoin; children: React.ReactNode }) {
  return (
    <Text size="xs" c="var(--wasl-muted)" component="span" style={{ display: "inline-flex", gap: 5 }}>
      <Icon size={14} stroke={1.6} aria-hidden />
      {children}
    </Text>
  );
}
