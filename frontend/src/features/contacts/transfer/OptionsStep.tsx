/** How the file is to be taken: who is known already, what becomes of them, how phones and dates are read. */

import { Checkbox, Group, Radio, Select, Stack, Switch, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { getCountries } from "libphonenumber-js/min";

import { TagPicker } from "@/components/relation";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import { keysOf } from "./steps";

type Options = Schema<"ImportOptionsRequest">;

interface Props {
  mapping: readonly string[];
  options: Options;
  onChange: (options: Options) => void;
}

const ORDERS = ["dmy", "mdy", "ymd"] as const;

export function OptionsStep({ mapping, options, onChange }: Props) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const tenant = useTenant();
  const keys = keysOf(mapping);
  const matched = options.match_by?.filter((key) => keys.includes(key)) ?? keys;
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames(format.locale, { type: "region" });
    return getCountries()
      .map((code): { value: string; label: string } => ({ value: code, label: names.of(code) ?? code }))
      .sort((a, b) => a.label.localeCompare(b.label, format.locale));
  }, [format.locale]);
  const change = (part: Options): void => onChange({ ...options, ...part });
  return (
    <Stack gap="lg">
      <Checkbox.Group
        label={t("options.match")}
        description={t("options.matchText")}
        value={matched}
        onChange={(chosen) => {
          const wanted = keys.filter((key) => chosen.includes(key));
          if (wanted.length > 0) change({ match_by: wanted });
        }}
      >
        <Group mt="xs">
          {keys.map((key) => (
            <Checkbox key={key} value={key} label={t(`column.${key}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Radio.Group
        label={t("options.existing")}
        value={options.existing ?? "update"}
        onChange={(value) => change({ existing: value === "skip" ? "skip" : "update" })}
      >
        <Stack mt="xs" gap="xs">
          <Radio value="update" label={t("options.update")} />
          <Radio value="skip" label={t("options.skip")} />
        </Stack>
      </Radio.Group>
      <Group grow align="start" preventGrowOverflow={false}>
        <Select
          label={t("options.region")}
          description={t("options.regionText")}
          data={countries}
          value={options.region || tenant.region || null}
          onChange={(region) => change({ region: region ?? "" })}
          searchable
        />
        <Select
          label={t("options.dates")}
          description={t("options.datesText")}
          data={ORDERS.map((order) => ({ value: order, label: t(`options.order.${order}`) }))}
          value={options.date_order ?? "dmy"}
          onChange={(value) => change({ date_order: ORDERS.find((order) => order === value) ?? "dmy" })}
          allowDeselect={false}
        />
      </Group>
      <TagPicker
        label={t("options.tags")}
        description={t("options.tagsText")}
        value={options.tags ?? []}
        onChange={(tags) => change({ tags })}
      />
      <Switch
        label={t("options.silent")}
        description={
          <Text span size="xs" c="var(--wasl-muted)">
            {t("options.silentText")}
          </Text>
        }
        checked={options.silent ?? false}
        onChange={({ currentTarget }) => change({ silent: currentTarget.checked })}
      />
    </Stack>
  );
}
