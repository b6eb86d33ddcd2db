/** All segments: groups of contacts, by a rule or kept by hand, with how many are inside. */

import { Badge, Button, Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { segmentsQuery } from "../queries";
import classes from "./segments.module.css";

export function SegmentsPage() {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const mayWrite = useCan("crm:write");
  const { data: segments, error, refetch } = useQuery(segmentsQuery);
  const create = mayWrite && (
    <Button
      leftSection={<IconPlus size={16} />}
      renderRoot={(props) => <Link to="/segments/$segmentId" params={{ segmentId: "new" }} {...props} />}
    >
      {t("segments.new")}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t("segments.title")} text={t("segments.text")}>
        {create}
      </PageHeader>
      {segments === undefined ? (
        error === null ? (
          <ListSkeleton />
        ) : (
          <Failure error={error} retry={() => void refetch()} />
        )
      ) : segments.length === 0 ? (
        <EmptyState
          icon={IconUsersGroup}
          title={t("segments.none")}
          text={t("segments.noneText")}
          action={create}
        />
      ) : (
        <ul className={classes.list}>
          {segments.map((segment) => (
            <li key={segment.id} className={classes.row}>
              <div className={classes.what}>
                <Link
                  to="/segments/$segmentId"
                  params={{ segmentId: segment.id }}
                  className={classes.link}
                  dir="auto"
                >
                  {segment.name}
                </Link>
                {segment.description !== "" && (
                  <Text size="sm" c="var(--wasl-muted)" truncate dir="auto">
                    {segment.description}
                  </Text>
                )}
              </div>
              <Badge variant="light" color={segment.kind === "static" ? "gray" : undefined} tt="none">
                {t(`segments.kind.${segment.kind}`)}
              </Badge>
              <div className={classes.size}>
                {segment.state === "computing" ? (
                  <Progress value={segment.progress * 100} animated aria-label={t("segments.computing")} />
                ) : (
                  t("list.count", { count: segment.size, shown: format.number(segment.size) })
                )}
                {segment.errors > 0 && (
                  <Text size="xs" c="orange.9">
                    <IconAlertTriangle size={12} aria-hidden />{" "}
                    {t("segments.errors", { count: segment.errors, shown: format.number(segment.errors) })}
                  </Text>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
