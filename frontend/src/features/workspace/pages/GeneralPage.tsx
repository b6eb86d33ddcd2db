/** The workspace's name, language, place and money, and how long the audit is kept. */

import { Button, Group, NumberInput, Select, Skeleton, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getCountries } from "libphonenumber-js/min";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, ApiError, call, type FieldErrors } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { LANGUAGE_NAMES, LANGUAGES } from "@/lib/i18n";

import { settingsQuery, useTenantChange, type Settings, type SettingsChange } from "../queries";

export function GeneralPage() {
  const { t } = useTranslation("workspace");
  const found = useQuery(settingsQuery);
  return (
    <Page width="text">
      <PageHeader title={t("general.title")} text={t("general.text")} />
      {found.data !== undefined ? (
        <Form settings={found.data} />
      ) : found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton height={420} maw={520} />
      )}
    </Page>
  );
}

interface Option {
  value: string;
  label: string;
}

function named(codes: readonly string[], type: "region" | "currency", locale: string): Option[] {
  const names = new Intl.DisplayNames(locale, { type });
  return codes
    .map((code) => ({ value: code, label: `${names.of(code) ?? code} (${code})` }))
    .sort((one, other) => one.label.localeCompare(other.label, locale));
}

function Form({ settings }: { settings: Settings }) {
  const { t } = useTranslation("workspace");
  const { locale } = useFormat();
  const [draft, setDraft] = useState<SettingsChange>({});
  const [errors, setErrors] = useState<FieldErrors>({});
  const now = { ...settings, ...draft };
  const save = useTenantChange((change: SettingsChange) =>
    call(api.PATCH("/api/v1/tenant/", { body: change })),
  );
  const countries = useMemo(() => named(getCountries(), "region", locale), [locale]);
  const currencies = useMemo(() => named(Intl.supportedValuesOf("currency"), "currency", locale), [locale]);
  const set = (change: SettingsChange): void => setDraft((before) => ({ ...before, ...change }));
  const wrong = (field: string): string | undefined => errors[field]?.join(" ");

  function submit(event: React.SyntheticEvent): void {
    event.preventDefault();
    setErrors({});
    save.mutate(draft, {
      onSuccess: () => {
        setDraft({});
        notifyDone(t("saved"));
      },
      onError: (error) => {
        if (error instanceof ApiError && Object.keys(error.fields).length > 0) setErrors(error.fields);
        else notifyFailure(error);
      },
    });
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={520}>
        <TextInput
          label={t("general.name")}
          value={now.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={wrong("name")}
          dir="auto"
          required
          maxLength={120}
        />
        <Select
          label={t("general.language")}
          description={t("general.languageText")}
          value={now.language ?? null}
          onChange={(language) => language !== null && set({ language })}
          data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          allowDeselect={false}
          error={wrong("language")}
        />
        <Select
          label={t("general.region")}
          description={t("general.regionText")}
          value={now.region ?? null}
          onChange={(region) => region !== null && set({ region })}
          data={countries}
          searchable
          allowDeselect={false}
          error={wrong("region")}
        />
        <Select
          label={t("general.timezone")}
          value={now.timezone ?? null}
          onChange={(timezone) => timezone !== null && set({ timezone })}
          data={Intl.supportedValuesOf("timeZone")}
          searchable
          allowDeselect={false}
          limit={100}
          error={wrong("timezone")}
        />
        <Select
          label={t("general.currency")}
          value={now.currency ?? null}
          onChange={(currency) => currency !== null && set({ currency })}
          data={currencies}
          searchable
          allowDeselect={false}
          limit={100}
          error={wrong("currency")}
        />
        <NumberInput
          label={t("general.retention")}
          description={t("general.retentionText")}
          value={now.audit_retention_days ?? 365}
          onChange={(days) => typeof days === "number" && set({ audit_retention_days: days })}
          min={30}
          max={3650}
          allowDecimal={false}
          error={wrong("audit_retention_days")}
        />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={Object.keys(draft).length === 0}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
