/** What was found when a provider was asked, and what to do about it. */

import { Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Finding } from "./queries";

const SIGNS = {
  ok: { icon: IconCircleCheck, color: "teal" },
  warning: { icon: IconAlertTriangle, color: "yellow" },
  error: { icon: IconCircleX, color: "red" },
} as const;

export function LevelSign({ level, size = 26 }: { level: Finding["level"]; size?: number }) {
  const { t } = useTranslation("channels");
  const { icon: Icon, color } = SIGNS[level];
  return (
    <ThemeIcon
      variant="light"
      color={color}
      radius="xl"
      size={size}
      aria-label={t(`levels.${level}`)}
      role="img"
    >
      <Icon size={size * 0.65} stroke={1.8} />
    </ThemeIcon>
  );
}

export function Findings({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation("channels");
  return (
    <Stack gap="sm">
      {findings.map((finding, number) => (
        <Group key={`${finding.code}${number}`} gap="sm" wrap="nowrap" align="flex-start">
          <LevelSign level={finding.level} />
          <div>
            <Text size="sm" fw={500}>
              {t(`findings.${finding.code}.message`, { defaultValue: finding.message })}
            </Text>
            {finding.fix !== "" && (
              <Text size="sm" c="var(--wasl-muted)">
                {t(`findings.${finding.code}.fix`, { defaultValue: finding.fix })}
              </Text>
            )}
            {finding.detail !== "" && (
              <Text size="xs" c="var(--wasl-muted)" dir="auto" style={{ overflowWrap: "anywhere" }}>
                {finding.detail}
              </Text>
            )}
          </div>
        </Group>
      ))}
    </Stack>
  );
}
