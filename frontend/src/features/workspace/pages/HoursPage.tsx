/** When the business is open: each day's hours, and the days on which it does not open. */

import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Group,
  Select,
  Skeleton,
  Stack,
  Switch,
  Text,
  Tooltip,
} from "@mantine/core";
import { DatePickerInput, TimeInput } from "@mantine/dates";
import { IconCopy, IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import { hoursQuery } from "../queries";
import {
  copied,
  dayName,
  daysIn,
  hoursOf,
  problemIn,
  problemOf,
  weekOf,
  type Day,
  type Hours,
  type Span,
  type Week,
} from "../week";
import classes from "../workspace.module.css";

type Shown = Schema<"BusinessHoursShown">;

const USUAL: Span = { start: "09:00", end: "17:00" };

export function HoursPage() {
  const { t } = useTranslation("workspace");
  const found = useQuery(hoursQuery);
  return (
    <Page width="text">
      <PageHeader title={t("hours.title")} text={t("hours.text")}>
        {found.data !== undefined && <Now shown={found.data} />}
      </PageHeader>
      {found.data !== undefined ? (
        <Form key={JSON.stringify(found.data.hours)} hours={found.data.hours} />
      ) : found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton height={420} />
      )}
    </Page>
  );
}

function Now({ shown }: { shown: Shown }) {
  const { t } = useTranslation("workspace");
  const format = useFormat();
  if (shown.open_now)
    return (
      <Badge color="teal" variant="dot">
        {t("hours.openNow")}
      </Badge>
    );
  return (
    <Badge color="gray" variant="dot">
      {shown.next_open === null
        ? t("hours.closed")
        : t("hours.opens", { when: format.dateTime(shown.next_open) })}
    </Badge>
  );
}

function Form({ hours }: { hours: Hours | null }) {
  const { t } = useTranslation("workspace");
  const tenant = useTenant();
  const client = useQueryClient();
  const [limited, setLimited] = useState(hours !== null);
  const [timezone, setTimezone] = useState(hours?.timezone ?? tenant.timezone ?? "UTC");
  const [week, setWeek] = useState<Week>(() => weekOf(hours));
  const [holidays, setHolidays] = useState<string[]>([...(hours?.holidays ?? [])]);
  const problem = limited ? problemIn(week) : null;
  const save = useMutation({
    mutationFn: () =>
      call(
        api.PUT("/api/v1/inbox/business-hours/", {
          body: { hours: limited ? hoursOf(week, timezone, holidays) : null },
        }),
      ),
    onSuccess: (shown) => {
      client.setQueryData(hoursQuery.queryKey, shown);
      notifyDone(t("saved"));
    },
    onError: (error) => notifyFailure(error),
  });

  return (
    <Stack>
      <Switch
        label={t("hours.limited")}
        description={t("hours.limitedText")}
        checked={limited}
        onChange={(event) => {
          setLimited(event.currentTarget.checked);
          if (event.currentTarget.checked && problemIn(week) === "empty")
            setWeek(weekOf({ timezone, week: usualWeek(tenant.region ?? ""), holidays: [] }));
        }}
      />
      {limited && (
        <>
          <Select
            label={t("hours.timezone")}
            value={timezone}
            onChange={(chosen) => chosen !== null && setTimezone(chosen)}
            data={Intl.supportedValuesOf("timeZone")}
            searchable
            allowDeselect={false}
            limit={100}
            maw={320}
          />
          <div>
            {daysIn(tenant.region ?? "").map((day) => (
              <DayRow
                key={day}
                day={day}
                spans={week[day]}
                onChange={(spans) => setWeek({ ...week, [day]: spans })}
                onCopy={() => setWeek(copied(week, day))}
              />
            ))}
          </div>
          <DatePickerInput
            type="multiple"
            label={t("hours.holidays")}
            description={t("hours.holidaysText")}
            value={holidays}
            onChange={setHolidays}
            valueFormat="DD/MM/YYYY"
            clearable
            maw={520}
          />
        </>
      )}
      {problem !== null && (
        <Alert color="red" variant="light" p="sm" role="alert">
          {t(`hours.problems.${problem}`)}
        </Alert>
      )}
      <Group>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={problem !== null}>
          {t("save")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Five days at the beginning of the country's week. */
function usualWeek(region: string): Hours["week"] {
  return Object.fromEntries(
    daysIn(region)
      .slice(region === "DZ" ? 1 : 0)
      .slice(0, 5)
      .map((day) => [day, [[USUAL.start, USUAL.end]]]),
  );
}

interface DayProps {
  day: Day;
  spans: readonly Span[];
  onChange: (spans: readonly Span[]) => void;
  onCopy: () => void;
}

function DayRow({ day, spans, onChange, onCopy }: DayProps) {
  const { t } = useTranslation("workspace");
  const { locale } = useFormat();
  const name = dayName(day, locale);
  const put = (number: number, span: Span): void =>
    onChange(spans.map((each, at) => (at === number ? span : each)));
  return (
    <fieldset className={classes.day} style={{ border: 0, borderBottom: "1px solid var(--wasl-border)" }}>
      <Switch
        label={name}
        checked={spans.length > 0}
        onChange={(event) => onChange(event.currentTarget.checked ? [USUAL] : [])}
      />
      <Stack gap={8}>
        {spans.length === 0 && (
          <Text size="sm" c="var(--wasl-muted)">
            {t("hours.closedDay")}
          </Text>
        )}
        {spans.map((span, number) => (
          <div key={number} className={classes.span}>
            <TimeInput
              aria-label={t("hours.from", { day: name })}
              value={span.start}
              onChange={(event) => put(number, { ...span, start: event.currentTarget.value })}
              error={problemOf(span) !== null}
            />
            <span aria-hidden>–</span>
            <TimeInput
              aria-label={t("hours.until", { day: name })}
              value={span.end === "24:00" ? "00:00" : span.end}
              onChange={(event) =>
                put(number, {
                  ...span,
                  end: event.currentTarget.value === "00:00" ? "24:00" : event.currentTarget.value,
                })
              }
              error={problemOf(span) !== null}
            />
            <ActionIcon
              onClick={() => onChange(spans.filter((_, at) => at !== number))}
              aria-label={t("hours.remove", { day: name })}
            >
              <IconX size={16} stroke={1.6} />
            </ActionIcon>
            {number === spans.length - 1 && (
              <>
                <Tooltip label={t("hours.more")}>
                  <ActionIcon
                    onClick={() => onChange([...spans, { start: "", end: "" }])}
                    aria-label={`${t("hours.more")}: ${name}`}
                  >
                    <IconPlus size={16} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label={t("hours.copy")}>
                  <ActionIcon onClick={onCopy} aria-label={`${t("hours.copy")}: ${name}`}>
                    <IconCopy size={16} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
              </>
            )}
          </div>
        ))}
      </Stack>
    </fieldset>
  );
}
