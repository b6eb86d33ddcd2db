/** One template of the gallery. */

import { Group, Text, UnstyledButton } from "@mantine/core";

import { ProviderIcon } from "@/components/conversation";
import type { Schema } from "@/lib/api";

import classes from "./gallery.module.css";
import { Facts } from "./Facts";

interface Props {
  template: Schema<"Template">;
  onOpen: () => void;
}

export function TemplateCard({ template, onOpen }: Props) {
  const channels = template.channels.filter((channel) => channel !== "any");
  return (
    <UnstyledButton className={classes.card} onClick={onOpen}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Text fw={600} dir="auto">
          {template.name}
        </Text>
        <Group gap={4} wrap="nowrap">
          {channels.map((channel) => (
            <ProviderIcon key={channel} provider={channel} />
          ))}
        </Group>
      </Group>
      <Text size="sm" c="var(--wasl-muted)" dir="auto" lineClamp={3} className={classes.text}>
        {template.description}
      </Text>
      <Facts template={template} />
    </UnstyledButton>
  );
}
