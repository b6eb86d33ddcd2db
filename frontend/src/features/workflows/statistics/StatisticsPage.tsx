/** How a workflow has been doing: its sums, its executions over time, and each step on its graph. */

import { Anchor, Group, SegmentedControl, Select, SimpleGrid, Skeleton, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { Failure, PageSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { seriesQuery, statisticsQuery, versionsQuery, type Workflow, workflowQuery } from "../queries";
import { PERIODS, type StatisticsSearch, statisticsSearch } from "../searches";
import { NodeFigures } from "./NodeFigures";
import { StatisticsGraph } from "./StatisticsGraph";
import { Tile } from "./Tile";

// The charts are large: they come when the rest is there.
const SeriesChart = lazy(() => import("./SeriesChart"));

const FROM = "/shell/workflows/$workflowId/statistics";
const FIRST_DAYS = 30;

export function StatisticsPage() {
  const { t } = useTranslation("workflows");
  const { workflowId } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const workflow = useQuery(workflowQuery(workflowId));
  if (workflow.isError) return <Failure error={workflow.error} retry={() => void workflow.refetch()} />;
  if (workflow.isPending) return <PageSkeleton />;
  return (
    <Page>
      <PageHeader
        title={t("statistics.title", { name: workflow.data.name })}
        text={
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to="/workflows/$workflowId" params={{ workflowId }} {...props} />}
          >
            {t("versions.back")}
          </Anchor>
        }
      >
        <Period workflow={workflow.data} search={search} />
      </PageHeader>
      <Figures workflow={workflow.data} search={search} />
    </Page>
  );
}

interface Props {
  workflow: Workflow;
  search: StatisticsSearch;
}

function Period({ workflow, search }: Props) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const navigate = useNavigate();
  const { data: versions } = useQuery(versionsQuery(workflow.id));
  const change = (part: Record<string, unknown>): void =>
    void navigate({
      to: "/workflows/$workflowId/statistics",
      params: { workflowId: workflow.id },
      search: (before) => statisticsSearch({ ...before, ...part }),
      replace: true,
    });
  return (
    <>
      <Select
        value={search.version === undefined ? null : String(search.version)}
        onChange={(version) => change({ version: version === null ? undefined : Number(version) })}
        data={versions?.results.map(({ number }) => ({
          value: String(number),
          label: t("versions.number", { number: format.number(number) }),
        }))}
        placeholder={t("statistics.anyVersion")}
        aria-label={t("statistics.version")}
        clearable
        w={170}
      />
      <SegmentedControl
        value={String(search.days ?? FIRST_DAYS)}
        onChange={(days) => change({ days: Number(days) })}
        data={PERIODS.map((days) => ({
          value: String(days),
          label: t("statistics.days", { count: days, shown: format.number(days) }),
        }))}
        aria-label={t("statistics.period")}
      />
    </>
  );
}

function Figures({ workflow, search }: Props) {
  const { t } = useTranslation("workflows");
  const days = search.days ?? FIRST_DAYS;
  const found = useQuery(statisticsQuery(workflow.id, days, search.version));
  const series = useQuery(seriesQuery(workflow.id, days, search.version));
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <PageSkeleton />;
  return (
    <>
      <Tiles workflow={workflow} statistics={found.data} />
      <Title order={2} size="h5" mt="xl" mb="sm">
        {t("statistics.series")}
      </Title>
      <Suspense fallback={<Skeleton height={260} />}>
        {series.data === undefined ? <Skeleton height={260} /> : <SeriesChart series={series.data} />}
      </Suspense>
      <Title order={2} size="h5" mt="xl" mb="sm">
        {t("statistics.steps")}
      </Title>
      <StatisticsGraph workflow={workflow} version={search.version} statistics={found.data} />
      <NodeFigures statistics={found.data} />
    </>
  );
}

function Tiles({ workflow, statistics }: { workflow: Workflow; statistics: Schema<"Statistics"> }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { total, by_state: states, waiting, converted, conversion_rate: rate, median_s: median } = statistics;
  const of = (...state: ("running" | "waiting" | "completed" | "exited" | "failed" | "cancelled")[]) => ({
    workflow: workflow.id,
    state,
  });
  return (
    <Group>
      <SimpleGrid cols={{ base: 2, xs: 3, lg: 6 }} spacing="md" w="100%">
        <Tile label={t("statistics.total")} value={format.number(total)} search={{ workflow: workflow.id }} />
        <Tile
          label={t("statistics.completed")}
          value={format.number((states.completed ?? 0) + (states.exited ?? 0))}
          search={of("completed", "exited")}
        />
        <Tile
          label={t("statistics.failed")}
          value={format.number(states.failed ?? 0)}
          search={of("failed")}
          isBad={(states.failed ?? 0) > 0}
        />
        <Tile
          label={t("statistics.waiting")}
          value={format.number(waiting)}
          search={of("running", "waiting")}
        />
        <Tile
          label={t("statistics.conversion")}
          value={rate === null ? "—" : format.percent(rate)}
          detail={t("statistics.converted", { count: converted, shown: format.number(converted) })}
        />
        <Tile label={t("statistics.median")} value={median === null ? "—" : format.duration(median * 1000)} />
      </SimpleGrid>
    </Group>
  );
}
