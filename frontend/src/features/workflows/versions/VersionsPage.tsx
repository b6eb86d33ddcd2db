/** A workflow's versions: who published each and when, what it changed, how it looks, and the way back to it. */

import {
  Anchor,
  Badge,
  Button,
  Group,
  Select,
  Stack,
  Tabs,
  Text,
  Title,
  UnstyledButton,
} from "@mantine/core";
import { IconArrowBackUp, IconHistory, IconTransfer } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, PageSkeleton } from "@/components/feedback";
import { GraphCanvas } from "@/components/graph";
import { Page, PageHeader } from "@/components/layout";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { paintsOf } from "../publish/changes";
import { DiffView } from "../publish/DiffView";
import { diffQuery, versionQuery, versionsQuery, type Workflow, workflowQuery } from "../queries";
import { versionsSearch } from "../searches";
import workflowClasses from "../workflows.module.css";
import { MigrateDialog } from "./MigrateDialog";
import { RollBackDialog } from "./RollBackDialog";
import classes from "./versions.module.css";

type VersionRow = Schema<"VersionRow">;
const FROM = "/shell/workflows/$workflowId/versions";

export function VersionsPage() {
  const { t } = useTranslation("workflows");
  const { workflowId } = useParams({ from: FROM });
  const workflow = useQuery(workflowQuery(workflowId));
  const versions = useQuery(versionsQuery(workflowId));
  const [isMigrating, setMigrating] = useState(false);
  const mayWrite = useCan("workflow:write");
  const failed = workflow.error ?? versions.error;
  if (failed !== null) return <Failure error={failed} retry={() => void versions.refetch()} />;
  if (workflow.data === undefined || versions.data === undefined) return <PageSkeleton />;
  const all = versions.data.results;
  return (
    <Page>
      <PageHeader
        title={t("versions.title", { name: workflow.data.name })}
        text={
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to="/workflows/$workflowId" params={{ workflowId }} {...props} />}
          >
            {t("versions.back")}
          </Anchor>
        }
      >
        {mayWrite && all.length > 1 && (
          <Button
            variant="default"
            leftSection={<IconTransfer size={16} stroke={1.6} />}
            onClick={() => setMigrating(true)}
          >
            {t("migrate.title")}
          </Button>
        )}
      </PageHeader>
      {all.length === 0 ? (
        <EmptyState icon={IconHistory} title={t("versions.none")} text={t("versions.noneText")} />
      ) : (
        <History workflow={workflow.data} versions={all} />
      )}
      <MigrateDialog
        workflowId={workflowId}
        versions={all}
        opened={isMigrating}
        onClose={() => setMigrating(false)}
      />
    </Page>
  );
}

interface HistoryProps {
  workflow: Workflow;
  versions: readonly VersionRow[];
}

function History({ workflow, versions }: HistoryProps) {
  const { t } = useTranslation("workflows");
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const chosen = versions.find(({ number }) => number === search.version) ?? versions[0];
  const choose = (change: Record<string, unknown>): void =>
    void navigate({
      to: "/workflows/$workflowId/versions",
      params: { workflowId: workflow.id },
      search: (before) => versionsSearch({ ...before, ...change }),
      replace: true,
      resetScroll: false,
    });
  if (chosen === undefined) return null;
  return (
    <div className={classes.columns}>
      <ol className={classes.list} aria-label={t("versions.list")}>
        {versions.map((version) => (
          <li key={version.id}>
            <UnstyledButton
              className={classes.version}
              aria-current={version.id === chosen.id}
              onClick={() => choose({ version: version.number, against: undefined })}
            >
              <VersionSummary version={version} isActive={version.id === workflow.active_version?.id} />
            </UnstyledButton>
          </li>
        ))}
      </ol>
      <Chosen
        key={chosen.id}
        workflow={workflow}
        versions={versions}
        version={chosen}
        against={search.against ?? chosen.number - 1}
        onAgainst={(against) => choose({ against })}
      />
    </div>
  );
}

function VersionSummary({ version, isActive }: { version: VersionRow; isActive: boolean }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {t("versions.number", { number: format.number(version.number) })}
        </Text>
        {isActive && <Badge size="sm">{t("versions.active")}</Badge>}
      </Group>
      <Text size="xs" c="var(--wasl-muted)">
        {format.dateTime(version.published_at)} · <bdi>{version.actor_name || version.published_by}</bdi>
      </Text>
      {version.note !== "" && (
        <Text size="sm" dir="auto" lineClamp={3} mt={2}>
          {version.note}
        </Text>
      )}
    </>
  );
}

interface ChosenProps extends HistoryProps {
  version: VersionRow;
  /** The number of what it is compared with; 0 for nothing. */
  against: number;
  onAgainst: (number: number) => void;
}

function Chosen({ workflow, versions, version, against, onAgainst }: ChosenProps) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const mayWrite = useCan("workflow:write");
  const [isRollingBack, setRollingBack] = useState(false);
  const others = versions.filter(({ number }) => number !== version.number);
  const other = others.find(({ number }) => number === against);
  const diff = useQuery({
    ...diffQuery(workflow.id, String(against), String(version.number)),
    enabled: other !== undefined,
  });
  const { data: shown } = useQuery(versionQuery(workflow.id, version.number));
  const isActive = version.id === workflow.active_version?.id;
  return (
    <Stack gap="md" miw={0}>
      <Group justify="space-between">
        <Title order={2} size="h5">
          {t("versions.number", { number: format.number(version.number) })}
        </Title>
        {mayWrite && !isActive && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={16} stroke={1.6} />}
            onClick={() => setRollingBack(true)}
          >
            {t("versions.rollBack")}
          </Button>
        )}
      </Group>
      <Tabs defaultValue="graph" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="graph">{t("versions.graph")}</Tabs.Tab>
          <Tabs.Tab value="changes" disabled={others.length === 0}>
            {t("versions.changes")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="graph">
          <div className={workflowClasses.graph} data-size="tall">
            {shown !== undefined && (
              <GraphCanvas
                document={shown.document}
                paint={diff.data === undefined ? undefined : paintsOf(diff.data)}
                label={t("versions.graphOf", { number: format.number(version.number) })}
              />
            )}
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="changes">
          <Select
            label={t("versions.against")}
            value={other === undefined ? null : String(other.number)}
            onChange={(number) => number !== null && onAgainst(Number(number))}
            data={others.map(({ number }) => ({
              value: String(number),
              label: t("versions.number", { number: format.number(number) }),
            }))}
            allowDeselect={false}
            w={220}
            mb="md"
          />
          {diff.isError && <Failure error={diff.error} retry={() => void diff.refetch()} />}
          {diff.data !== undefined && <DiffView diff={diff.data} />}
        </Tabs.Panel>
      </Tabs>
      <RollBackDialog
        workflow={workflow}
        number={version.number}
        opened={isRollingBack}
        onClose={() => setRollingBack(false)}
      />
    </Stack>
  );
}
