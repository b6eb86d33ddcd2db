/** The tenant's workflows: what each waits for, how it has been doing, and what can be done with it. */

import { Button, Group, Pagination, Select, SegmentedControl, Table, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconLayoutGrid, IconRoute, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { figuresQuery, PAGE_SIZE, workflowsQuery } from "../queries";
import { type ListSearch, listSearch } from "../searches";
import classes from "./list.module.css";
import { NewWorkflow } from "./NewWorkflow";
import { WorkflowRow } from "./WorkflowRow";

const ALL = "all";

export function WorkflowsPage() {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const search = useSearch({ from: "/shell/workflows" });
  const list = useQuery(workflowsQuery(search));
  const mayWrite = useCan("workflow:write");
  const count = list.data?.count;
  return (
    <Page>
      <PageHeader
        title={t("list.title")}
        text={count === undefined ? undefined : t("list.count", { count, shown: format.number(count) })}
      >
        <Button
          variant="default"
          leftSection={<IconLayoutGrid size={16} stroke={1.6} />}
          renderRoot={(props) => <Link to="/workflows/templates" {...props} />}
        >
          {t("list.gallery")}
        </Button>
        {mayWrite && <NewWorkflow />}
      </PageHeader>
      <Filters search={search} />
      <List search={search} />
    </Page>
  );
}

function useSearchChange(): (change: Record<string, unknown>) => void {
  const navigate = useNavigate();
  // A change of the filter leads to its first page.
  return (change: Record<string, unknown>) =>
    void navigate({
      to: "/workflows",
      search: (before) => listSearch({ ...before, page: undefined, ...change }),
      replace: true,
    });
}

function Filters({ search }: { search: ListSearch }) {
  const { t } = useTranslation("workflows");
  const change = useSearchChange();
  const find = useDebouncedCallback((text: string) => change({ search: text }), 250);
  return (
    <Group mb="md" gap="sm">
      <TextInput
        key={search.search === undefined ? "empty" : "filled"}
        className={classes.search}
        defaultValue={search.search}
        onChange={({ currentTarget }) => find(currentTarget.value)}
        placeholder={t("list.search")}
        aria-label={t("list.search")}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        type="search"
        dir="auto"
      />
      <SegmentedControl
        value={search.status ?? ALL}
        onChange={(status) => change({ status })}
        data={[
          { value: ALL, label: t("list.all") },
          { value: "active", label: t("status.active") },
          { value: "paused", label: t("status.paused") },
          { value: "draft", label: t("status.draft") },
        ]}
        aria-label={t("list.status")}
        className={classes.status}
      />
      <Select
        value={search.order ?? "-updated_at"}
        onChange={(order) => change({ order })}
        data={[
          { value: "-updated_at", label: t("list.order.changed") },
          { value: "name", label: t("list.order.name") },
          { value: "-created_at", label: t("list.order.created") },
        ]}
        allowDeselect={false}
        aria-label={t("list.order.label")}
        w={190}
        visibleFrom="sm"
      />
    </Group>
  );
}

function List({ search }: { search: ListSearch }) {
  const { t } = useTranslation("workflows");
  const list = useQuery(workflowsQuery(search));
  const figures = useQuery(figuresQuery(search));
  const change = useSearchChange();
  const mayWrite = useCan("workflow:write");
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <ListSkeleton />;
  const { results, count } = list.data;
  if (results.length === 0) {
    const filtered = search.status !== undefined || search.search !== undefined;
    return (
      <EmptyState
        icon={filtered ? IconSearch : IconRoute}
        title={t(filtered ? "list.none" : "list.empty")}
        text={t(filtered ? "list.noneText" : "list.emptyText")}
        action={
          !filtered &&
          mayWrite && (
            <Button renderRoot={(props) => <Link to="/workflows/templates" {...props} />}>
              {t("list.fromTemplate")}
            </Button>
          )
        }
      />
    );
  }
  return (
    <>
      <Table className={classes.table} verticalSpacing="sm" highlightOnHover>
        <Table.Thead className={classes.head}>
          <Table.Tr>
            <Table.Th>{t("list.name")}</Table.Th>
            <Table.Th visibleFrom="md">{t("list.startsOn")}</Table.Th>
            <Table.Th visibleFrom="sm">{t("list.executions")}</Table.Th>
            <Table.Th visibleFrom="md">{t("list.conversion")}</Table.Th>
            <Table.Th visibleFrom="sm">{t("list.failures")}</Table.Th>
            <Table.Th visibleFrom="lg">{t("list.changed")}</Table.Th>
            <Table.Th w={44} aria-label={t("list.actions")} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {results.map((workflow) => (
            <WorkflowRow key={workflow.id} workflow={workflow} figures={figures.data?.get(workflow.id)} />
          ))}
        </Table.Tbody>
      </Table>
      {count > PAGE_SIZE && (
        <Pagination
          mt="md"
          total={Math.ceil(count / PAGE_SIZE)}
          value={search.page ?? 1}
          onChange={(page) => change({ page })}
          getControlProps={(control) => ({ "aria-label": t(`list.pages.${control}`) })}
        />
      )}
    </>
  );
}
