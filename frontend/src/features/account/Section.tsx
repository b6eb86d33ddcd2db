/** One subject of a settings page: its name, what it is for, and what can be done. */

import { Group, Paper, Stack, Text, Title } from "@mantine/core";

interface Props {
  title: string;
  text?: React.ReactNode;
  /** At the end of the heading's line: a button or a state. */
  action?: React.ReactNode;
  children?: React.ReactNode;
}

export function Section({ title, text, action, children }: Props) {
  return (
    <Paper component="section" withBorder radius="lg" p="lg" mb="md">
      <Stack gap="md">
        <Group justify="space-between" align="start" gap="md">
          <div style={{ flex: "1 1 260px" }}>
            <Title order={2} size="h5">
              {title}
            </Title>
            {text !== undefined && (
              <Text size="sm" c="var(--wasl-muted)" mt={4}>
                {text}
              </Text>
            )}
          </div>
          {action}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
