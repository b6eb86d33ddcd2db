/** Figures over time, as lines that differ in colour and in stroke, or as a table whose numbers lead to their rows. */

import "@mantine/charts/styles.css";

import { LineChart } from "@mantine/charts";
import { ActionIcon, Group, Table, Text, Tooltip, useDirection } from "@mantine/core";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat, type Format } from "@/lib/format";

import classes from "./dashboard.module.css";
import { LINES, written } from "./figures";
import type { FigureReport, Report } from "./queries";
import { RowsLink } from "./RowsLink";

interface Line {
  figure: FigureReport;
  label: string;
  of: "value" | "p90";
}

interface Props {
  title: string;
  report: Report;
  lines: readonly Line[];
}

function bucketLabel(format: Format, report: Report, start: string): string {
  const options: Intl.DateTimeFormatOptions =
    report.step === "hour" ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(format.locale, { ...options, timeZone: report.timezone }).format(
    new Date(start),
  );
}

export function TimeChart({ title, report, lines }: Props) {
  const { t } = useTranslation("dashboard");
  const [table, setTable] = useState(false);
  const Switch = table ? IconChartLine : IconTable;
  const label = table ? t("asChart") : t("asTable");
  return (
    <section className={classes.panel} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Text component="h2" fw={600} size="sm">
          {title}
        </Text>
        <Tooltip label={label}>
          <ActionIcon onClick={() => setTable(!table)} aria-label={`${title}: ${label}`} aria-pressed={table}>
            <Switch size={17} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {table ? <AsTable report={report} lines={lines} /> : <AsLines report={report} lines={lines} />}
    </section>
  );
}

function AsLines({ report, lines }: Omit<Props, "title">) {
  const format = useFormat();
  const { dir } = useDirection();
  const rtl = dir === "rtl";
  const unit = lines[0]?.figure.unit ?? "count";
  const data = report.buckets.map((bucket, number) => ({
    at: bucketLabel(format, report, bucket.start),
    ...Object.fromEntries(lines.map((line) => [line.label, line.figure.series[number]?.[line.of] ?? null])),
  }));
  return (
    <>
      <div className={classes.legend} aria-hidden>
        {lines.map((line, number) => (
          <span key={line.label} className={classes.legendItem}>
            <svg width="26" height="8">
              <line
                x1="0"
                x2="26"
                y1="4"
                y2="4"
                strokeWidth="2.5"
                stroke={LINES[number]?.color}
                strokeDasharray={LINES[number]?.dash}
              />
            </svg>
            {line.label}
          </span>
        ))}
      </div>
      <div aria-hidden className={classes.plot}>
        <LineChart
          h={230}
          mt="sm"
          data={data}
          dataKey="at"
          series={lines.map((line, number) => ({
            name: line.label,
            color: LINES[number]?.color ?? "gray",
            ...(LINES[number]?.dash === undefined ? {} : { strokeDasharray: LINES[number].dash }),
          }))}
          curveType="monotone"
          connectNulls={false}
          withDots={data.length <= 31}
          dotProps={{ r: 2.5 }}
          strokeWidth={2}
          lineChartProps={{ accessibilityLayer: false }}
          valueFormatter={(value) => written(format, unit, value)}
          xAxisProps={{ reversed: rtl, minTickGap: 24 }}
          yAxisProps={{
            orientation: rtl ? "right" : "left",
            tick: { transform: `translate(${rtl ? 10 : -10}, 0)`, fontSize: 12, fill: "currentColor" },
            width: unit === "seconds" ? 84 : 48,
            tickFormatter: (value: number) =>
              unit === "seconds"
                ? written(format, unit, value)
                : format.number(value, { notation: "compact" }),
            allowDecimals: false,
          }}
        />
      </div>
    </>
  );
}

function AsTable({ report, lines }: Omit<Props, "title">) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  return (
    // A region that scrolls must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className={classes.scroll} tabIndex={0} role="group">
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("when")}</Table.Th>
            {lines.map((line) => (
              <Table.Th key={line.label} className={classes.number}>
                {line.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.buckets.map((bucket, number) => (
            <Table.Tr key={bucket.start}>
              <Table.Td>{bucketLabel(format, report, bucket.start)}</Table.Td>
              {lines.map((line) => (
                <Table.Td key={line.label} className={classes.number}>
                  <RowsLink rows={{ ...line.figure.now.rows.params, from: bucket.start, to: bucket.end }}>
                    {written(format, line.figure.unit, line.figure.series[number]?.[line.of] ?? null)}
                  </RowsLink>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
