/** Executions over time: started, completed and failed, told apart by dashes as well as by colour. */

import "@mantine/charts/styles.css";

import { LineChart } from "@mantine/charts";
import { useDirection } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

export default function SeriesChart({ series }: { series: Schema<"Series"> }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { dir } = useDirection();
  const rtl = dir === "rtl";
  // Short, and without the marks of direction that whole dates carry in Arabic.
  const days = new Intl.DateTimeFormat(format.locale, {
    day: "numeric",
    month: "short",
    timeZone: series.timezone,
  });
  const data = series.buckets.map(({ start, started, completed, exited, failed }) => ({
    day: days.format(new Date(start)),
    started,
    completed: completed + exited,
    failed,
  }));
  return (
    // The chart itself is drawn from left to right, and its axes are turned.
    <div dir="ltr" role="img" aria-label={t("statistics.seriesLabel")}>
      <LineChart
        h={260}
        data={data}
        dataKey="day"
        withLegend
        withDots={data.length <= 31}
        curveType="linear"
        valueFormatter={(value) => format.number(value)}
        series={[
          { name: "started", label: t("statistics.started"), color: "blue.6" },
          { name: "completed", label: t("statistics.completed"), color: "teal.7", strokeDasharray: "6 3" },
          { name: "failed", label: t("statistics.failed"), color: "red.7", strokeDasharray: "2 3" },
        ]}
        xAxisProps={{ reversed: rtl, minTickGap: 24 }}
        yAxisProps={{ orientation: rtl ? "right" : "left", allowDecimals: false }}
      />
    </div>
  );
}
