/** An input for schedules: the common ones by choosing, the others in cron's fields, and when they run next. */

import { Chip, Group, NumberInput, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, ApiError, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { asKind, cronOf, KINDS, type Schedule, scheduleOf, WEEKDAYS } from "../cron";
import { type InputProps, placeholderOf, sharedParts, written } from "./types";

const SHOWN = 3;

function NextRuns({ cron }: { cron: string }) {
  const { t } = useTranslation("schema-form");
  const { dateTime, list } = useFormat();
  const [settled] = useDebouncedValue(cron, 400);
  const preview = useQuery({
    queryKey: ["schedule-preview", settled],
    queryFn: ({ signal }) =>
      call(api.POST("/api/v1/workflow/schedule_preview/", { body: { config: { cron: settled } }, signal })),
    enabled: settled !== "",
    retry: false,
  });
  if (settled === "") return null;
  if (preview.isPending) return <Skeleton height={12} width={260} />;
  if (preview.isError)
    return preview.error instanceof ApiError && preview.error.status < 500 ? (
      <Text size="xs" c="var(--mantine-color-error)" role="status">
        {preview.error.message}
      </Text>
    ) : null;
  const next = preview.data.ticks.slice(0, SHOWN).map((tick) => dateTime(tick.at));
  return (
    <Text size="xs" c="var(--wasl-muted)" role="status">
      {t("cron.next", { times: list(next) })}
    </Text>
  );
}

interface PartProps<Kind extends Schedule["kind"]> {
  schedule: Extract<Schedule, { kind: Kind }>;
  onChange: (schedule: Schedule) => void;
  disabled: boolean;
}

function Time({
  time,
  disabled,
  onChange,
}: {
  time: string;
  disabled: boolean;
  onChange: (time: string) => void;
}) {
  const { t } = useTranslation("schema-form");
  return (
    <TimeInput
      aria-label={t("cron.at")}
      value={time}
      disabled={disabled}
      w={120}
      onChange={(event) => {
        if (event.currentTarget.value !== "") onChange(event.currentTarget.value);
      }}
    />
  );
}

interface CountProps {
  label: string;
  value: number;
  min: number;
  max: number;
  disabled: boolean;
  onChange: (value: number) => void;
}

function Count({ label, onChange, ...input }: CountProps) {
  return (
    <NumberInput
      {...input}
      aria-label={label}
      w={90}
      allowDecimal={false}
      clampBehavior="strict"
      onChange={(next) => {
        if (typeof next === "number") onChange(next);
      }}
    />
  );
}

/** Steps that an hour can be cut into evenly. */
const STEPS = [1, 2, 3, 5, 10, 15, 20, 30];

function Parts({ schedule, onChange, disabled }: PartProps<Schedule["kind"]>) {
  const { t } = useTranslation("schema-form");
  const parts: {
    readonly [Kind in Schedule["kind"]]: (now: Extract<Schedule, { kind: Kind }>) => React.ReactNode;
  } = {
    minutes: (now) => (
      <Select
        aria-label={t("cron.minutes")}
        w={90}
        disabled={disabled}
        data={STEPS.map(String)}
        value={String(now.every)}
        allowDeselect={false}
        onChange={(next) => onChange({ ...now, every: Number(next) })}
      />
    ),
    hourly: (now) => (
      <Count
        label={t("cron.minute")}
        value={now.minute}
        min={0}
        max={59}
        disabled={disabled}
        onChange={(minute) => onChange({ ...now, minute })}
      />
    ),
    daily: (now) => (
      <Time time={now.time} disabled={disabled} onChange={(time) => onChange({ ...now, time })} />
    ),
    weekly: (now) => (
      <Time time={now.time} disabled={disabled} onChange={(time) => onChange({ ...now, time })} />
    ),
    monthly: (now) => (
      <>
        <Count
          label={t("cron.day")}
          value={now.day}
          min={1}
          max={31}
          disabled={disabled}
          onChange={(day) => onChange({ ...now, day })}
        />
        <Time time={now.time} disabled={disabled} onChange={(time) => onChange({ ...now, time })} />
      </>
    ),
    custom: (now) => (
      <TextInput
        aria-label={t("cron.custom")}
        flex={1}
        miw={140}
        value={now.text}
        disabled={disabled}
        placeholder="0 9 * * sun-thu"
        styles={{ input: { direction: "ltr", fontFamily: "var(--mantine-font-family-monospace)" } }}
        onChange={(event) => onChange({ ...now, text: event.currentTarget.value })}
      />
    ),
  };
  // Each kind's part is given the schedule of that kind.
  return (parts[schedule.kind] as (now: Schedule) => React.ReactNode)(schedule);
}

export function Cron(props: InputProps) {
  const { value, onChange, disabled, schema } = props;
  const { t, i18n } = useTranslation("schema-form");
  const text = written(value);
  const [free, setFree] = useState(false);
  const schedule: Schedule = free ? { kind: "custom", text } : scheduleOf(text);
  const names = new Intl.DateTimeFormat(i18n.language, { weekday: "short", timeZone: "UTC" });

  const change = (next: Schedule): void => {
    const cron = cronOf(next);
    onChange(cron === "" ? undefined : cron);
  };

  return (
    <Stack gap={6}>
      <Group gap={6} align="flex-start">
        <Select
          {...sharedParts(props)}
          w={190}
          data={KINDS.map((kind) => ({ value: kind, label: t(`cron.kinds.${kind}`) }))}
          value={text === "" && !free ? null : schedule.kind}
          placeholder={placeholderOf({ default: schema.default }) || t("choose")}
          clearable={!props.required}
          onChange={(kind) => {
            setFree(kind === "custom");
            const found = KINDS.find((each) => each === kind);
            if (found === undefined) onChange(undefined);
            else change(asKind(schedule, found));
          }}
        />
        {(text !== "" || free) && <Parts schedule={schedule} onChange={change} disabled={disabled} />}
      </Group>
      {schedule.kind === "weekly" && (
        <Chip.Group
          multiple
          value={[...schedule.days]}
          onChange={(days) => {
            if (days.length > 0) change({ ...schedule, days: WEEKDAYS.filter((day) => days.includes(day)) });
          }}
        >
          <Group gap={6} role="group" aria-label={t("cron.days")}>
            {WEEKDAYS.map((day, place) => (
              <Chip key={day} value={day} size="xs" disabled={disabled}>
                {/* 2 January 2000 was a Sunday. */}
                {names.format(Date.UTC(2000, 0, 2 + place))}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      <NextRuns cron={text} />
    </Stack>
  );
}
