/** What workflows ask of members, to be approved or rejected. */

import { Button, Group, SegmentedControl, Stack, Switch } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";

import { approvalsQuery } from "../queries";
import { type ApprovalsSearch, approvalsSearch } from "../searches";
import { ApprovalCard } from "./ApprovalCard";

export function ApprovalsPage() {
  const { t } = useTranslation("executions");
  const search = useSearch({ from: "/shell/approvals" });
  return (
    <Page width="text">
      <PageHeader title={t("approvals.title")} text={t("approvals.text")} />
      <Filters search={search} />
      <List search={search} />
    </Page>
  );
}

function Filters({ search }: { search: ApprovalsSearch }) {
  const { t } = useTranslation("executions");
  const navigate = useNavigate();
  const change = (part: Record<string, unknown>): void =>
    void navigate({
      to: "/approvals",
      search: (before) => approvalsSearch({ ...before, ...part }),
      replace: true,
    });
  return (
    <Group mb="md" gap="lg">
      <SegmentedControl
        value={search.state ?? "pending"}
        onChange={(state) => change({ state })}
        data={[
          { value: "pending", label: t("approvals.pending") },
          { value: "approved", label: t("approvals.approved") },
          { value: "rejected", label: t("approvals.rejected") },
        ]}
        aria-label={t("approvals.state")}
      />
      <Switch
        checked={search.all === true}
        onChange={({ currentTarget }) => change({ all: currentTarget.checked })}
        label={t("approvals.all")}
      />
    </Group>
  );
}

function List({ search }: { search: ApprovalsSearch }) {
  const { t } = useTranslation("executions");
  const list = useInfiniteQuery(approvalsQuery(search));
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <ListSkeleton rows={4} />;
  const rows = list.data.pages.flatMap((page) => page.results);
  if (rows.length === 0)
    return <EmptyState icon={IconChecklist} title={t("approvals.none")} text={t("approvals.noneText")} />;
  return (
    <Stack>
      {rows.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} />
      ))}
      {list.hasNextPage && (
        <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("list.more")}
        </Button>
      )}
    </Stack>
  );
}
