/** The audit: who did what, when and from where. */

import { Code, Group, Pagination, Select, Skeleton, Text, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconHistory, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { EmptyState, Failure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import { auditChoicesQuery, auditQuery, type AuditEntry } from "../queries";
import { auditSearch, type AuditSearch } from "../searches";
import classes from "../workspace.module.css";

const route = getRouteApi("/shell/settings/audit");
const PAGE_SIZE = 50;
/** Stands for what is too long, or too much its maker's own, to be told. */
const CUT = "…";

/** `crm.contact` as a part of a key. */
function keyOf(word: string): string {
  return word.replaceAll(/[.-]/g, "_");
}

/** A name from the API in words, where no language has one for it. */
function humanised(word: string): string {
  return (word.split(".").at(-1) ?? word).replaceAll(/[_-]/g, " ");
}

export function AuditPage() {
  const { t } = useTranslation("workspace");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { timezone = "UTC" } = useTenant();
  const found = useQuery(auditQuery(search, timezone));
  const pages = Math.ceil((found.data?.count ?? 0) / PAGE_SIZE);
  const narrow = (change: { [Name in keyof AuditSearch]?: AuditSearch[Name] | null }): void =>
    void navigate({ search: auditSearch({ ...search, page: undefined, ...change }), replace: true });
  return (
    <Page>
      <PageHeader title={t("audit.title")} text={t("audit.text")} />
      <Filters search={search} onChange={narrow} />
      {found.data === undefined ? (
        found.isError ? (
          <Failure error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Skeleton height={420} />
        )
      ) : found.data.count === 0 ? (
        <EmptyState icon={IconHistory} title={t("audit.none")} text={t("audit.noneText")} />
      ) : (
        <>
          <ol className={classes.entries} aria-busy={found.isPlaceholderData}>
            {found.data.results.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
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

interface FiltersProps {
  search: AuditSearch;
  onChange: (change: { [Name in keyof AuditSearch]?: AuditSearch[Name] | null }) => void;
}

function Filters({ search, onChange }: FiltersProps) {
  const { t } = useTranslation("workspace");
  const choices = useQuery(auditChoicesQuery);
  const [text, setText] = useState(search.q ?? "");
  const settle = useDebouncedCallback((q: string) => onChange({ q }), 300);
  return (
    <div className={classes.filters}>
      <TextInput
        aria-label={t("audit.search")}
        placeholder={t("audit.search")}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          settle(event.currentTarget.value);
        }}
      />
      <Select
        aria-label={t("audit.who")}
        placeholder={t("audit.who")}
        value={search.actor ?? null}
        onChange={(actor) => onChange({ actor })}
        data={choices.data?.actors.map(({ actor, name }) => ({ value: actor, label: name || actor })) ?? []}
        clearable
        searchable
      />
      <Select
        aria-label={t("audit.what")}
        placeholder={t("audit.what")}
        value={search.action ?? null}
        onChange={(action) => onChange({ action })}
        data={
          choices.data?.actions.map((action) => ({
            value: action,
            label: t(`audit.actions.${keyOf(action)}`, { defaultValue: humanised(action) }),
          })) ?? []
        }
        clearable
        searchable
      />
      <Select
        aria-label={t("audit.which")}
        placeholder={t("audit.which")}
        value={search.type ?? null}
        onChange={(type) => onChange({ type })}
        data={
          choices.data?.object_types.map((type) => ({
            value: type,
            label: t(`audit.types.${keyOf(type)}`, { defaultValue: humanised(type) }),
          })) ?? []
        }
        clearable
        searchable
      />
      <DatePickerInput
        type="range"
        aria-label={t("audit.when")}
        placeholder={t("audit.when")}
        value={[search.from ?? null, search.to ?? null]}
        onChange={([from, to]) => onChange({ from, to })}
        valueFormat="DD/MM/YYYY"
        allowSingleDateInRange
        clearable
      />
    </div>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation("workspace");
  const format = useFormat();
  const who = entry.actor_name || t("audit.nobody");
  return (
    <li className={classes.entry}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ContactAvatar name={who} seed={entry.actor || who} size={30} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Text size="sm">
            <bdi>
              <strong>{who}</strong>
            </bdi>
            {" · "}
            {t(`audit.actions.${keyOf(entry.action)}`, { defaultValue: humanised(entry.action) })}
            {entry.object_type !== "" && (
              <>
                {" · "}
                {t(`audit.types.${keyOf(entry.object_type)}`, { defaultValue: humanised(entry.object_type) })}
              </>
            )}{" "}
            {entry.object_label !== "" && entry.object_label !== who && <bdi>“{entry.object_label}”</bdi>}
          </Text>
          <Text size="xs" c="var(--wasl-muted)">
            {format.dateTime(entry.at)}
            {" · "}
            {t(`audit.doors.${entry.door}`)}
            {entry.ip !== null && (
              <>
                {" · "}
                <bdi>{entry.ip}</bdi>
              </>
            )}
          </Text>
          {typeof entry.detail.reason === "string" && (
            <Text size="sm" dir="auto" mt={4}>
              {entry.detail.reason}
            </Text>
          )}
          {entry.changes.length > 0 && (
            <div className={classes.changes}>
              {entry.changes.map((change) => (
                <div key={change.field}>
                  <Code>{change.field}</Code>{" "}
                  {change.before === CUT && change.after === CUT ? (
                    t("audit.edited")
                  ) : (
                    <>
                      <bdi className={classes.before}>{written(change.before)}</bdi>
                      {" → "}
                      <bdi>{written(change.after)}</bdi>
                    </>
                  )}
                </div>
              ))}
            </div>
          )}
        </div>
      </Group>
    </li>
  );
}

/** A value as the audit has it: text as it is, the rest as JSON. */
function written(value: unknown): string {
  if (value === null || value === "") return "∅";
  return typeof value === "string" ? value : JSON.stringify(value);
}
