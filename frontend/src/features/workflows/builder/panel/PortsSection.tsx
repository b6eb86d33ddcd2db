/** Where each way out of a step leads: connecting without a pointer. */

import { Button, Group, Select, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import {
  connect,
  disconnect,
  nodeTitle,
  portsOf,
  targetOf,
  type Block,
  type GraphNode,
} from "@/components/graph";

import { useBuilder } from "../useBuilder";
import { Section } from "./Section";

interface Props {
  node: GraphNode;
  block: Block;
  opened: boolean;
}

export function PortsSection({ node, block, opened }: Props) {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, change, show, readOnly } = useBuilder();
  const ports = portsOf(block, node.config);
  if (ports.length === 0) return null;
  const names = document.nodes.map((each) => nodeTitle(each, catalogue, words));
  const targets = document.nodes
    .map((each, index) => {
      const name = names[index] ?? each.id;
      // Two steps of one name are told apart by their ids.
      const isTwice = names.filter((other) => other === name).length > 1;
      return { value: each.id, label: isTwice ? `${name} (${each.id})` : name };
    })
    .filter(({ value }) => value !== node.id);
  return (
    <Section key={String(opened)} title={t("builder.panel.ports")} opened={opened}>
      <Stack gap="xs" data-field="ports">
        {ports.map((port) => (
          <Group key={port.id} align="end" gap="xs" wrap="nowrap">
            <Select
              flex={1}
              label={words.port(port)}
              placeholder={t("builder.panel.nowhere")}
              searchable
              clearable
              disabled={readOnly}
              data={targets}
              value={targetOf(document, node.id, port.id) ?? null}
              onChange={(target) =>
                change(
                  target === null
                    ? disconnect(document, node.id, port.id)
                    : connect(document, { source: node.id, port: port.id, target }),
                )
              }
            />
            {!readOnly && (
              <Button
                variant="default"
                px="xs"
                aria-label={t("builder.panel.addAfter", { port: words.port(port) })}
                onClick={() => show({ kind: "palette", spot: { source: node.id, port: port.id } })}
              >
                <IconPlus size={16} stroke={1.6} />
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
