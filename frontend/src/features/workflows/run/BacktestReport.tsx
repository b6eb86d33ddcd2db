/** What a back-test found: how many would start and how they would end, day by day, who, why not, and what to bear in mind. */

import { Alert, Anchor, Group, List, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { StateLabel } from "@/components/run";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { Days } from "./Days";

type Report = Schema<"BacktestReport">;

export function BacktestReport({ report }: { report: Report }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { blocked } = report;
  const figures = [
    ["events", report.events],
    ["matched", report.matched],
    ["executions", report.executions],
    ["blocked", blocked.reentry + blocked.inside + blocked.limit],
    ["nearMissed", report.near_missed],
    ["converted", report.converted],
  ] as const;
  const cost = Number(report.cost);
  return (
    <Stack gap="lg" aria-live="polite">
      <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="sm">
        {figures.map(([name, value]) => (
          <Paper key={name} withBorder p="sm">
            <Text size="xs" c="var(--wasl-muted)">
              {t(`past.figure.${name}`)}
            </Text>
            <Text size="xl" fw={650}>
              {format.number(value)}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
      <Group gap="lg">
        {Object.entries(report.outcomes).map(([state, count]) => (
          <Group key={state} gap={6}>
            <StateLabel state={state} />
            <Text size="sm" fw={600}>
              {format.number(count)}
            </Text>
          </Group>
        ))}
        {cost > 0 && <Text size="sm">{t("past.cost", { cost: format.money(cost, report.currency) })}</Text>}
      </Group>
      <Days days={report.days} />
      <Uses uses={report.uses} />
      <Noted title={t("past.nearMisses")} rows={report.near_misses} />
      <Noted title={t("past.errors")} rows={report.errors} />
      <Noted title={t("past.skips")} rows={report.skips} />
      <Samples samples={report.samples} />
      <Alert variant="light" icon={<IconInfoCircle size={18} stroke={1.6} />} title={t("past.notes")}>
        <List size="sm" spacing={4}>
          {report.notes.map((note) => (
            <List.Item key={note}>
              <span dir="auto">{note}</span>
            </List.Item>
          ))}
        </List>
      </Alert>
    </Stack>
  );
}

function Uses({ uses }: { uses: Report["uses"] }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const rows = Object.entries(uses).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {t("past.uses")}
      </Title>
      <Group gap="lg">
        {rows.map(([action, count]) => (
          <Text key={action} size="sm">
            <code className="ltr">{action}</code> × {format.number(count)}
          </Text>
        ))}
      </Group>
    </section>
  );
}

function Noted({ title, rows }: { title: string; rows: readonly Schema<"Noted">[] }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {title}
      </Title>
      <Table>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.text}>
              <Table.Td>
                <Text size="sm" dir="auto">
                  {row.text}
                </Text>
              </Table.Td>
              <Table.Td ta="end" fw={600}>
                {format.number(row.count)}
              </Table.Td>
              <Table.Td ta="end">
                {row.examples[0] !== undefined && (
                  <Anchor
                    size="sm"
                    renderRoot={(props) => (
                      <Link to="/events/$eventId" params={{ eventId: row.examples[0] ?? "" }} {...props} />
                    )}
                  >
                    {t("past.example")}
                  </Anchor>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Samples({ samples }: { samples: Report["samples"] }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  if (samples.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6" mb="xs">
        {t("past.samples")}
      </Title>
      <Stack gap={4}>
        {samples.map((sample) => (
          <Group key={sample.event} gap="sm">
            <StateLabel state={sample.outcome} compact />
            <Anchor
              size="sm"
              renderRoot={(props) => (
                <Link to="/events/$eventId" params={{ eventId: sample.event }} {...props} />
              )}
            >
              {format.dateTime(sample.at)}
            </Anchor>
            {sample.contact !== null && (
              <Anchor
                size="sm"
                renderRoot={(props) => <Link to={`/contacts/${sample.contact}`} {...props} />}
              >
                {t("past.contact")}
              </Anchor>
            )}
          </Group>
        ))}
      </Stack>
    </section>
  );
}
