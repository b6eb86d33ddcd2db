/** The dashboard: what happened in a period, in figures, over time, by channel and by member. */

import { Alert, Button, Skeleton } from "@mantine/core";
import { IconChartBar, IconClockHour4 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import classes from "../dashboard.module.css";
import { FigureCard } from "../FigureCard";
import { PartsTable } from "../PartsTable";
import { PeriodPicker } from "../PeriodPicker";
import { reportQuery, type FigureReport, type Report } from "../queries";
import { queryOf, type FigureKey } from "../searches";
import { TimeChart } from "../TimeChart";

const route = getRouteApi("/shell/dashboard");

export function DashboardPage() {
  const { t } = useTranslation("dashboard");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { timezone = "UTC" } = useTenant();
  const found = useQuery(reportQuery(queryOf(search, timezone, new Date())));
  return (
    <Page>
      <PageHeader title={t("title")} text={found.data && <Span report={found.data} />} />
      <PeriodPicker search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
      {found.data !== undefined ? (
        <Board report={found.data} old={found.isPlaceholderData} />
      ) : found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : (
        <BoardSkeleton />
      )}
    </Page>
  );
}

function Span({ report }: { report: Report }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const dates = new Intl.DateTimeFormat(format.locale, { dateStyle: "medium", timeZone: report.timezone });
  const span = (part: Report["period"]): string =>
    dates.formatRange(new Date(part.start), new Date(Date.parse(part.end) - 1));
  return <>{t("span", { period: span(report.period), before: span(report.previous) })}</>;
}

function Board({ report, old }: { report: Report; old: boolean }) {
  const { t } = useTranslation("dashboard");
  const by = new Map(report.figures.map((figure) => [figure.key, figure]));
  const some = (...keys: FigureKey[]): FigureReport[] =>
    keys.map((key) => by.get(key)).filter((figure) => figure !== undefined);
  const response = by.get("first_response");
  if (report.figures.every((figure) => figure.now.count === 0 && figure.previous.count === 0)) {
    return (
      <EmptyState
        icon={IconChartBar}
        title={t("empty.title")}
        text={t("empty.text")}
        action={
          <Button component={Link} to="/settings/channels" variant="light">
            {t("empty.action")}
          </Button>
        }
      />
    );
  }
  const chart = (title: string, ...keys: FigureKey[]) =>
    some(...keys).length > 0 && (
      <TimeChart
        title={title}
        report={report}
        lines={some(...keys).map((figure) => ({ figure, label: t(`short.${figure.key}`), of: "value" }))}
      />
    );
  return (
    <div className={classes.board} data-old={old} aria-busy={old}>
      <div className={classes.cards}>
        {report.figures.map((figure) => (
          <FigureCard key={figure.key} figure={figure} />
        ))}
      </div>
      {report.business_hours && (
        <Alert variant="light" color="gray" icon={<IconClockHour4 size={18} stroke={1.6} />} p="xs">
          {t("businessHours")}
        </Alert>
      )}
      <div className={classes.charts}>
        {chart(t("charts.messages"), "messages_in", "messages_out")}
        {chart(t("charts.conversations"), "conversations_opened", "conversations_closed")}
        {response !== undefined && (
          <TimeChart
            title={t("charts.response")}
            report={report}
            lines={[
              { figure: response, label: t("median"), of: "value" },
              { figure: response, label: t("nineInTen"), of: "p90" },
            ]}
          />
        )}
        {chart(t("charts.executions"), "executions_started", "executions_completed", "executions_failed")}
        <PartsTable
          title={t("parts.channels")}
          parts={report.channels}
          figures={some(
            "messages_in",
            "messages_out",
            "conversations_opened",
            "first_response",
            "send_failures",
          )}
          nameOf={(part) => part.name || t("gone")}
          empty={t("parts.none")}
        />
        <PartsTable
          title={t("parts.members")}
          parts={report.members}
          figures={some("messages_out", "conversations_closed", "first_response", "resolution")}
          nameOf={(part) => part.name || t("gone")}
          people
          empty={t("parts.none")}
        />
        <PartsTable
          title={t("parts.reasons")}
          parts={report.reasons}
          figures={some("send_failures")}
          nameOf={(part) => t(`reasons.${part.id}`, { defaultValue: part.id })}
          empty={t("parts.noFailures")}
        />
      </div>
    </div>
  );
}

function BoardSkeleton() {
  const { t } = useTranslation("dashboard");
  return (
    <div className={classes.board} role="status" aria-busy aria-label={t("loading")}>
      <div className={classes.cards}>
        {Array.from({ length: 10 }, (_, number) => (
          <Skeleton key={number} height={96} />
        ))}
      </div>
      <div className={classes.charts}>
        {Array.from({ length: 4 }, (_, number) => (
          <Skeleton key={number} height={290} />
        ))}
      </div>
    </div>
  );
}
