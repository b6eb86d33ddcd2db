/** The figures of every step in a table, and the arms of splits compared. */

import { Table, Text } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import { useStepName } from "@/components/graph";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { dropOff } from "./figures";

export function NodeFigures({ statistics }: { statistics: Schema<"Statistics"> }) {
  const { t } = useTranslation("workflows");
  if (statistics.nodes.length === 0) return null;
  return (
    <Table.ScrollContainer
      minWidth={640}
      mt="md"
      scrollAreaProps={{
        viewportProps: { tabIndex: 0, role: "region", "aria-label": t("statistics.steps") },
      }}
    >
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("statistics.step")}</Table.Th>
            <Table.Th ta="end">{t("statistics.entered")}</Table.Th>
            <Table.Th ta="end">{t("statistics.completed")}</Table.Th>
            <Table.Th ta="end">{t("statistics.failed")}</Table.Th>
            <Table.Th ta="end">{t("statistics.waiting")}</Table.Th>
            <Table.Th ta="end">{t("statistics.dropOff")}</Table.Th>
            <Table.Th ta="end">{t("statistics.conversion")}</Table.Th>
            <Table.Th ta="end">{t("statistics.median")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {statistics.nodes.map((node) => (
            <Fragment key={node.node}>
              <Row node={node} />
              {node.arms.map((arm) => (
                <Arm key={arm.port} arm={arm} />
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ node }: { node: Schema<"NodeStatistics"> }) {
  const format = useFormat();
  const name = useStepName();
  const lost = dropOff(node);
  const share = node.converted === null || node.total === 0 ? null : node.converted / node.total;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600} dir="auto">
          {node.name || name(node)}
        </Text>
      </Table.Td>
      <Table.Td ta="end">{format.number(node.total)}</Table.Td>
      <Table.Td ta="end">{format.number(node.completed)}</Table.Td>
      <Table.Td ta="end">{format.number(node.failed)}</Table.Td>
      <Table.Td ta="end">{format.number(node.waiting)}</Table.Td>
      <Table.Td ta="end">{lost === null ? "—" : format.percent(lost)}</Table.Td>
      <Table.Td ta="end">{share === null ? "—" : format.percent(share)}</Table.Td>
      <Table.Td ta="end">{node.median_s === null ? "—" : format.duration(node.median_s * 1000)}</Table.Td>
    </Table.Tr>
  );
}

function Arm({ arm }: { arm: Schema<"Arm"> }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td ps="xl">
        <Text size="sm" dir="auto">
          {arm.port}
          {arm.hold_out && (
            <Text span size="xs" c="var(--wasl-muted)">
              {" "}
              · {t("statistics.holdOut")}
            </Text>
          )}
        </Text>
      </Table.Td>
      <Table.Td ta="end">{format.number(arm.entered)}</Table.Td>
      <Table.Td colSpan={4} />
      <Table.Td ta="end">{arm.conversion_rate === null ? "—" : format.percent(arm.conversion_rate)}</Table.Td>
      <Table.Td />
    </Table.Tr>
  );
}
