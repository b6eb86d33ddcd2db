/** Inputs for moments: dates, times of day, time zones. */

import { Select } from "@mantine/core";
import { DateInput, DateTimePicker, TimeInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { type InputProps, placeholderOf, shared, written } from "./types";

/** Written without an offset where the schema's example is: it is then in the tenant's time zone. */
export function Moment(props: InputProps) {
  const { value, onChange, required } = props;
  const { t } = useTranslation("schema-form");
  const text = written(value);
  const read = dayjs(text);
  return (
    <DateTimePicker
      {...shared(props)}
      value={text !== "" && read.isValid() ? read.format("YYYY-MM-DD HH:mm:ss") : null}
      placeholder={t("date.moment")}
      clearable={!required}
      clearButtonProps={{ "aria-label": t("remove") }}
      dropdownType="popover"
      onChange={(next) => onChange(next === null ? undefined : next.slice(0, 16).replace(" ", "T"))}
    />
  );
}

export function Day(props: InputProps) {
  const { value, onChange, required } = props;
  const { t } = useTranslation("schema-form");
  const text = written(value);
  return (
    <DateInput
      {...shared(props)}
      value={/^\d{4}-\d{2}-\d{2}/.test(text) ? text.slice(0, 10) : null}
      valueFormat="YYYY-MM-DD"
      clearButtonProps={{ "aria-label": t("remove") }}
      placeholder={t("date.day")}
      clearable={!required}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

export function TimeOfDay(props: InputProps) {
  const { value, onChange } = props;
  return (
    <TimeInput
      {...shared(props)}
      value={written(value)}
      w={140}
      onChange={(event) => {
        const next = event.currentTarget.value;
        onChange(next === "" ? undefined : next);
      }}
    />
  );
}

/** "GMT+1" of a zone today. */
function offsetOf(zone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    timeZoneName: "shortOffset",
  }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

export function TimeZone(props: InputProps) {
  const { value, onChange, required, schema } = props;
  const { t } = useTranslation("schema-form");
  const zones = useMemo(
    () =>
      Intl.supportedValuesOf("timeZone").map((zone) => ({
        value: zone,
        label: `${zone.replaceAll("_", " ")} (${offsetOf(zone)})`,
      })),
    [],
  );
  const text = written(value);
  const known = text === "" || zones.some((zone) => zone.value === text);
  return (
    <Select
      {...shared(props)}
      data={known ? zones : [{ value: text, label: text }, ...zones]}
      value={text === "" ? null : text}
      searchable
      clearable={!required}
      limit={60}
      placeholder={placeholderOf(schema) || t("date.zone")}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
