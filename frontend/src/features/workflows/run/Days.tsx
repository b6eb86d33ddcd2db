/** How many executions would have begun on each day, as bars with their numbers. */

import { Progress, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

export function Days({ days }: { days: Schema<"BacktestReport">["days"] }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const rows = Object.entries(days).sort(([a], [b]) => a.localeCompare(b));
  if (rows.length === 0) return null;
  const most = Math.max(1, ...rows.map(([, { started }]) => started));
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {t("past.perDay")}
      </Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {rows.map(([day, { started, events }]) => (
            <Table.Tr key={day}>
              <Table.Td w={130}>
                {/* Noon, so that no time zone makes another day of it. */}
                <Text size="sm">{format.date(`${day}T12:00:00`)}</Text>
              </Table.Td>
              <Table.Td>
                <Progress value={(started / most) * 100} aria-label={t("past.started")} />
              </Table.Td>
              <Table.Td w={150} ta="end">
                <Text size="sm">
                  {t("past.ofEvents", {
                    count: events,
                    started: format.number(started),
                    shown: format.number(events),
                  })}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
