/** The rows that were left out: where, why, and how to mend them; all of it as a file too. */

import { Anchor, Button, Group, ScrollArea, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ListSkeleton } from "@/components/feedback";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import type { Job } from "../model";

const SHOWN = 50;
const CODES = [
  "no_key",
  "ambiguous",
  "other_own_id",
  "own_id_taken",
  "invalid_phone",
  "invalid_email",
  "invalid_name",
  "invalid_language",
  "invalid_timezone",
  "invalid_external_id",
  "invalid_tag",
  "invalid_text",
  "invalid_number",
  "invalid_boolean",
  "invalid_date",
  "invalid_datetime",
  "invalid_choice",
] as const;
type Code = (typeof CODES)[number];
const isCode = (code: string): code is Code => CODES.some((known) => known === code);

export function Problems({ importId, job }: { importId: string; job: Job }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ["imports", importId, "problems", job.id],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/crm/imports/{id}/problems/", {
          params: { path: { id: importId }, query: { page_size: SHOWN } },
          signal,
        }),
      ),
  });
  if (data === undefined) return <ListSkeleton rows={3} />;
  return (
    <section aria-label={t("problems.title")}>
      <Group justify="space-between" mb="xs">
        <Text component="h2" size="sm" fw={600}>
          {t("problems.title")}
        </Text>
        <Anchor href={`/api/v1/crm/imports/${importId}/report/`} download underline="never">
          <Button component="span" size="xs" variant="default" leftSection={<IconDownload size={14} />}>
            {t("problems.download")}
          </Button>
        </Anchor>
      </Group>
      <ScrollArea type="auto">
        <Table withTableBorder verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("problems.line")}</Table.Th>
              <Table.Th>{t("problems.column")}</Table.Th>
              <Table.Th>{t("problems.value")}</Table.Th>
              <Table.Th>{t("problems.what")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.results.map((problem, number) => (
              <Table.Tr key={number}>
                <Table.Td>{format.number(problem.line, { useGrouping: false })}</Table.Td>
                <Table.Td dir="auto">{problem.column}</Table.Td>
                <Table.Td dir="auto">{problem.value}</Table.Td>
                <Table.Td miw={220}>
                  {isCode(problem.code) ? t(`problems.code.${problem.code}`) : problem.message}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {data.count > data.results.length && (
        <Text size="sm" c="var(--wasl-muted)" mt="xs">
          {t("problems.more", { shown: format.number(data.results.length), all: format.number(data.count) })}
        </Text>
      )}
    </section>
  );
}
