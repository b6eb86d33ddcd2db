/** Who is inside a workflow, node by node, and what is to become of them when a new version is published. */

import { Radio, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import classes from "./publish.module.css";

export type Fate = "stay" | "migrate";

interface Props {
  standing: readonly Schema<"VersionStanding">[];
  fate: Fate;
  onChange: (fate: Fate) => void;
}

export function Standing({ standing, fate, onChange }: Props) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const inside = standing.reduce((sum, version) => sum + version.executions, 0);
  if (inside === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {t("publish.inside", { count: inside, shown: format.number(inside) })}
      </Title>
      <Table className={classes.standing} mb="sm">
        <Table.Tbody>
          {standing.flatMap((version) =>
            version.nodes.map((node) => (
              <Table.Tr key={`${version.number}:${node.node}`}>
                <Table.Td>
                  <Text size="sm" dir="auto">
                    {node.label}
                  </Text>
                  <Text size="xs" c={node.is_gone ? "var(--mantine-color-error)" : "var(--wasl-muted)"}>
                    {t("publish.ofVersion", { number: format.number(version.number) })}
                    {node.is_gone && ` · ${t("publish.gone")}`}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {t("publish.contacts", { count: node.contacts, shown: format.number(node.contacts) })}
                </Table.Td>
              </Table.Tr>
            )),
          )}
        </Table.Tbody>
      </Table>
      <Radio.Group
        value={fate}
        onChange={(chosen) => onChange(chosen === "migrate" ? "migrate" : "stay")}
        label={t("publish.fate.label")}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="stay" label={t("publish.fate.stay")} description={t("publish.fate.stayText")} />
          <Radio
            value="migrate"
            label={t("publish.fate.migrate")}
            description={t("publish.fate.migrateText")}
          />
        </Stack>
      </Radio.Group>
    </section>
  );
}
