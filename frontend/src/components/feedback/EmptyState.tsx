/** A place with nothing in it yet: says why, and what to do next. */

import { Stack, Text, ThemeIcon, Title } from "@mantine/core";

interface Props {
  icon: React.ComponentType<{ size?: number | string; stroke?: number | string }>;
  title: string;
  text?: string;
  /** What to do next: a button or a link. */
  action?: React.ReactNode;
}

export function EmptyState({ icon: Icon, title, text, action }: Props) {
  return (
    <Stack align="center" justify="center" gap="sm" p="xl" mih={260} h="100%" ta="center">
      <ThemeIcon size={56} radius="xl" variant="light">
        <Icon size={28} stroke={1.5} />
      </ThemeIcon>
      <Title order={2} size="h4">
        {title}
      </Title>
      {text !== undefined && (
        <Text c="var(--wasl-muted)" maw={420}>
          {text}
        </Text>
      )}
      {action}
    </Stack>
  );
}
