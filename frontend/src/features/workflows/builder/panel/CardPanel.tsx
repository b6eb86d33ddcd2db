/** The settings of what is chosen on the canvas; of several, what can be done with them together. */

import { ActionIcon, Button, Group, Stack, Text, ThemeIcon, Tooltip } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { blockOf, idIn, lookOf, nodeOf, triggerOf } from "@/components/graph";
import { useFormat } from "@/lib/format";

import { useBuilder } from "../useBuilder";
import { NodePanel } from "./NodePanel";
import { TriggerPanel } from "./TriggerPanel";

export function CardPanel({ duplicate }: { duplicate: () => void }) {
  const { document, chosen, dock } = useBuilder();
  const node = nodeOf(document, chosen ?? "");
  const trigger = triggerOf(document, idIn("trigger", chosen ?? "") ?? "");
  if (node === undefined && trigger === undefined) return <Several duplicate={duplicate} />;
  return (
    <Stack gap="sm">
      <Head duplicate={duplicate} />
      {node !== undefined && (
        <NodePanel key={node.id} node={node} field={dock.kind === "card" ? dock.field : ""} />
      )}
      {trigger !== undefined && <TriggerPanel key={trigger.id} trigger={trigger} />}
    </Stack>
  );
}

/** What sort of thing it is, and what can be done with the whole of it. */
function Head({ duplicate }: { duplicate: () => void }) {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, chosen, selection, remove, readOnly } = useBuilder();
  const node = nodeOf(document, chosen ?? "");
  const trigger = triggerOf(document, idIn("trigger", chosen ?? "") ?? "");
  const block = node === undefined ? undefined : blockOf(catalogue, node);
  const label =
    trigger !== undefined ? words.trigger(trigger.type) : block === undefined ? "" : words.label(block);
  const { icon: Icon, color } =
    trigger === undefined
      ? lookOf(block?.category ?? "", block?.icon)
      : lookOf("trigger", catalogue.triggers.find((each) => each.slug === trigger.type)?.icon);
  return (
    <Group wrap="nowrap" gap="sm">
      <ThemeIcon size={36} radius="md" variant="light" color={color}>
        <Icon size={20} stroke={1.6} aria-hidden />
      </ThemeIcon>
      <Text fw={600} flex={1} dir="auto">
        {label}
      </Text>
      {!readOnly && (
        <>
          {node !== undefined && (
            <Tooltip label={t("builder.duplicate")}>
              <ActionIcon aria-label={t("builder.duplicate")} onClick={duplicate}>
                <IconCopy size={18} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={t("builder.remove")}>
            <ActionIcon aria-label={t("builder.remove")} color="red" onClick={() => remove(selection)}>
              <IconTrash size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </Group>
  );
}

function Several({ duplicate }: { duplicate: () => void }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { selection, remove, readOnly } = useBuilder();
  const count = selection.size;
  return (
    <Stack>
      <Text>{t("builder.panel.several", { count, shown: format.number(count) })}</Text>
      {!readOnly && (
        <Group>
          <Button variant="default" leftSection={<IconCopy size={16} />} onClick={duplicate}>
            {t("builder.duplicate")}
          </Button>
          <Button
            color="red"
            variant="light"
            leftSection={<IconTrash size={16} />}
            onClick={() => remove(selection)}
          >
            {t("builder.remove")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
