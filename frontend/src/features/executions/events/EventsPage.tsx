/** What happened: every event, narrowed by type, contact and time. */

import { Button, Group, Select, Text } from "@mantine/core";
import { IconBolt, IconHelpCircle } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { useNames } from "@/components/graph";
import { Page, PageHeader } from "@/components/layout";
import { ContactPicker, EventTypePicker } from "@/components/relation";
import { useFormat } from "@/lib/format";

import classes from "../list/list.module.css";
import { type Event, eventsQuery } from "../queries";
import { type EventsSearch, eventsSearch, PERIODS } from "../searches";
import { AskDialog } from "./AskDialog";
import { gistOf } from "./gist";

export function EventsPage() {
  const { t } = useTranslation("executions");
  const search = useSearch({ from: "/shell/events" });
  const [isAsking, setAsking] = useState(false);
  return (
    <Page>
      <PageHeader title={t("events.title")} text={t("events.text")}>
        <Button
          variant="default"
          leftSection={<IconHelpCircle size={16} stroke={1.6} />}
          onClick={() => setAsking(true)}
        >
          {t("ask.title")}
        </Button>
      </PageHeader>
      <Filters search={search} />
      <List search={search} />
      <AskDialog contact={search.contact ?? null} opened={isAsking} onClose={() => setAsking(false)} />
    </Page>
  );
}

function Filters({ search }: { search: EventsSearch }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const navigate = useNavigate();
  const change = (part: Record<string, unknown>): void =>
    void navigate({ to: "/events", search: (before) => eventsSearch({ ...before, ...part }), replace: true });
  return (
    <div className={classes.filters}>
      <div>
        <EventTypePicker
          value={search.type ?? null}
          onChange={(type) => change({ type })}
          placeholder={t("events.anyType")}
          aria-label={t("events.type")}
        />
      </div>
      <div>
        <ContactPicker
          value={search.contact ?? null}
          onChange={(contact) => change({ contact })}
          placeholder={t("list.anyContact")}
          aria-label={t("list.contact")}
        />
      </div>
      <Select
        value={search.days === undefined ? null : String(search.days)}
        onChange={(days) => change({ days: days === null ? undefined : Number(days) })}
        data={PERIODS.map((days) => ({
          value: String(days),
          label: t("list.lastDays", { count: days, shown: format.number(days) }),
        }))}
        placeholder={t("list.anyTime")}
        aria-label={t("list.time")}
        clearable
      />
    </div>
  );
}

function List({ search }: { search: EventsSearch }) {
  const { t } = useTranslation("executions");
  const list = useInfiniteQuery(eventsQuery(search));
  const words = useNames().event;
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <ListSkeleton />;
  const rows = [
    ...new Map(list.data.pages.flatMap((page) => page.results).map((row) => [row.id, row])).values(),
  ];
  if (rows.length === 0) {
    const isFiltered = Object.keys(search).length > 0;
    return (
      <EmptyState
        icon={IconBolt}
        title={t(isFiltered ? "events.none" : "events.empty")}
        text={t(isFiltered ? "list.noneText" : "events.emptyText")}
      />
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {rows.map((row) => (
          <Row key={row.id} event={row} label={words(row.type)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          >
            {t("list.more")}
          </Button>
        </Group>
      )}
    </>
  );
}

function Row({ event, label }: { event: Event; label: string }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const { contact_id: contact, contact_name: name } = event;
  return (
    <li className={classes.row} data-kind="event">
      <div className={classes.what}>
        <Link to="/events/$eventId" params={{ eventId: event.id }} className={classes.link}>
          {label}
        </Link>
      </div>
      <Text size="sm" c="var(--wasl-muted)" className={classes.gist} lineClamp={1} dir="auto">
        {gistOf(event.data)}
      </Text>
      <Group gap={8} wrap="nowrap" className={classes.who}>
        {contact !== null && <ContactAvatar name={name} seed={contact} size={24} />}
        <Text size="sm" truncate dir="auto">
          {contact === null ? t("list.nobody") : name || t("list.unnamed")}
        </Text>
      </Group>
      <Text
        size="xs"
        c="var(--wasl-muted)"
        className={classes.when}
        title={format.dateTime(event.occurred_at)}
      >
        {format.relative(event.occurred_at)}
      </Text>
    </li>
  );
}
