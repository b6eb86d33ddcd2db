/** The rows behind a figure: exactly what was counted, newest first. */

import { Pagination, Skeleton, Table, VisuallyHidden } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import classes from "../dashboard.module.css";
import { rowsQuery } from "../queries";

const route = getRouteApi("/shell/dashboard/rows");
const PAGE_SIZE = 50;

type Row = Schema<"FigureRow">;

export function RowsPage() {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery(rowsQuery(search));
  const title = t(`figures.${search.figure}`);
  const pages = Math.ceil((found.data?.count ?? 0) / PAGE_SIZE);
  return (
    <Page>
      <Link to="/dashboard" className={classes.numberLink}>
        {t("title")}
      </Link>
      <PageHeader
        title={title}
        text={
          <>
            {found.data !== undefined && t("rows.count", { count: found.data.count })}
            {" · "}
            <bdi>{`${format.dateTime(search.from)} – ${format.dateTime(search.to)}`}</bdi>
            {search.reason !== undefined &&
              ` · ${t(`reasons.${search.reason}`, { defaultValue: search.reason })}`}
          </>
        }
      />
      {found.data === undefined ? (
        found.isError ? (
          <Failure error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Skeleton height={400} />
        )
      ) : found.data.count === 0 ? (
        <EmptyState icon={IconListSearch} title={t("rows.none")} text={t("rows.noneText")} />
      ) : (
        <>
          <Rows rows={found.data.results} />
          {pages > 1 && (
            <Pagination
              mt="md"
              total={pages}
              value={search.page ?? 1}
              onChange={(page) => void navigate({ search: { ...search, page } })}
              getControlProps={(control) => ({ "aria-label": t(`pages.${control}`) })}
            />
          )}
        </>
      )}
    </Page>
  );
}

function Rows({ rows }: { rows: readonly Row[] }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const shown = {
    seconds: rows.some((row) => row.seconds !== null),
    reason: rows.some((row) => row.reason !== ""),
    workflow: rows.some((row) => row.workflow_id !== null),
    channel: rows.some((row) => row.channel_id !== null),
    member: rows.some((row) => row.member_id !== ""),
  };
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("when")}</Table.Th>
            <Table.Th>{t("rows.contact")}</Table.Th>
            {shown.workflow && <Table.Th>{t("rows.workflow")}</Table.Th>}
            {shown.channel && <Table.Th>{t("channel")}</Table.Th>}
            {shown.member && <Table.Th>{t("member")}</Table.Th>}
            {shown.seconds && <Table.Th>{t("rows.took")}</Table.Th>}
            {shown.reason && <Table.Th>{t("rows.reason")}</Table.Th>}
            <Table.Th>
              <VisuallyHidden>{t("rows.open")}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>{format.dateTime(row.at)}</Table.Td>
              <Table.Td dir="auto">{row.contact_name || "–"}</Table.Td>
              {shown.workflow && <Table.Td dir="auto">{row.workflow_name}</Table.Td>}
              {shown.channel && <Table.Td dir="auto">{row.channel_name}</Table.Td>}
              {shown.member && <Table.Td dir="auto">{row.member_name || "–"}</Table.Td>}
              {shown.seconds && (
                <Table.Td>{row.seconds === null ? "–" : format.duration(row.seconds * 1000)}</Table.Td>
              )}
              {shown.reason && (
                <Table.Td>{t(`reasons.${row.reason}`, { defaultValue: row.reason })}</Table.Td>
              )}
              <Table.Td>
                <Open row={row} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Open({ row }: { row: Row }) {
  const { t } = useTranslation("dashboard");
  if (row.execution_id !== null)
    return (
      <Link
        to="/executions/$executionId"
        params={{ executionId: row.execution_id }}
        className={classes.numberLink}
      >
        {t("rows.openExecution")}
      </Link>
    );
  if (row.conversation_id === null) return null;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: row.conversation_id }}
      className={classes.numberLink}
    >
      {t("rows.openConversation")}
    </Link>
  );
}
