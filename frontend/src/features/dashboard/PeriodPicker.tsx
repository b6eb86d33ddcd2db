/** Which time, which channel, which member: what the dashboard is about. */

import { SegmentedControl, Select } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { MemberPicker } from "@/components/relation";
import { useCan } from "@/lib/session";

import classes from "./dashboard.module.css";
import { channelNamesQuery } from "./queries";
import { narrowed, PRESETS, type ReportSearch } from "./searches";

interface Props {
  search: ReportSearch;
  onChange: (search: ReportSearch) => void;
}

const OWN = "own";

export function PeriodPicker({ search, onChange }: Props) {
  const { t } = useTranslation("dashboard");
  const seesChannels = useCan("inbox:read");
  const channels = useQuery({ ...channelNamesQuery, enabled: seesChannels });
  const own = search.from !== undefined;
  const { channel, member } = search;
  const narrowing = {
    ...(channel === undefined ? {} : { channel }),
    ...(member === undefined ? {} : { member }),
  };

  function choose(preset: string): void {
    const days = PRESETS.find((each) => String(each) === preset);
    if (days !== undefined) onChange({ ...narrowing, days });
  }

  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={t("period.label")}
        value={own ? OWN : String(search.days ?? 30)}
        onChange={choose}
        data={[
          ...PRESETS.map((days) => ({ value: String(days), label: t(`period.days${days}`) })),
          ...(own ? [{ value: OWN, label: t("period.own") }] : []),
        ]}
      />
      <DatePickerInput
        type="range"
        aria-label={t("period.dates")}
        placeholder={t("period.dates")}
        value={[search.from ?? null, search.to ?? null]}
        onChange={([from, to]) => {
          if (from !== null && to !== null) onChange({ ...narrowing, from, to });
          else if (from === null && to === null) onChange(narrowing);
        }}
        clearable
        allowSingleDateInRange
        valueFormat="DD/MM/YYYY"
      />
      {seesChannels && (
        <Select
          aria-label={t("channel")}
          placeholder={t("allChannels")}
          value={channel ?? null}
          onChange={(chosen) => onChange(narrowed(search, { channel: chosen }))}
          data={channels.data?.results.map((each) => ({ value: each.id, label: each.name })) ?? []}
          clearable
          searchable
        />
      )}
      <div>
        <MemberPicker
          aria-label={t("member")}
          placeholder={t("allMembers")}
          value={member ?? null}
          onChange={(chosen) => onChange(narrowed(search, { member: chosen }))}
        />
      </div>
    </div>
  );
}
