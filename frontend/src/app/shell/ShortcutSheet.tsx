/** All keys that work on this page, under their headings. */

import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useActiveShortcuts } from "@/lib/shortcuts";

const MAC = navigator.userAgent.includes("Mac OS");
const NAMES: Readonly<Record<string, string>> = {
  mod: MAC ? "⌘" : "Ctrl",
  alt: MAC ? "⌥" : "Alt",
  shift: "⇧",
  enter: "↵",
  escape: "Esc",
  arrowdown: "↓",
  arrowup: "↑",
  arrowleft: "←",
  arrowright: "→",
};

function Keys({ keys }: { keys: string }) {
  return (
    <Group gap={4} wrap="nowrap" className="ltr">
      {keys.split(" ").map((press, index) => (
        <Kbd key={index}>
          {press
            .split(/\+(?=.)/)
            .map((key) => NAMES[key] ?? key.toUpperCase())
            .join(" ")}
        </Kbd>
      ))}
    </Group>
  );
}

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const groups = Object.entries(Object.groupBy(useActiveShortcuts(), ({ group }) => group));
  return (
    <Modal opened={opened} onClose={onClose} title={t("shortcuts.title")} size="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {groups.map(([group, shortcuts]) => (
          <Stack key={group} gap="xs">
            <Title order={3} size="h6" c="var(--wasl-muted)">
              {group}
            </Title>
            {shortcuts?.map(({ keys, label }) => (
              <Group key={keys} justify="space-between" wrap="nowrap">
                <Text size="sm">{label}</Text>
                <Keys keys={keys} />
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
