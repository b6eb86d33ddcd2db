/** Picks one thing of the tenant, or several, by searching for it. */

import { Loader, MultiSelect, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";

import type { RelationName } from "./kinds";
import { OptionRow } from "./OptionRow";
import type { RelationOption } from "./types";
import { useRelation } from "./useRelation";

interface Shared {
  kind: RelationName;
  label?: React.ReactNode;
  /** The name for those who do not see it, where there is no label. */
  "aria-label"?: string;
  description?: React.ReactNode;
  error?: React.ReactNode;
  placeholder?: string;
  disabled?: boolean;
  required?: boolean;
  id?: string;
  onBlur?: () => void;
  /** Narrows what is offered, such as the types of connections. */
  filter?: readonly string[];
  /** A text that is no option may be taken as it is, such as Liquid. */
  other?: boolean;
}

export interface RelationPickerProps extends Shared {
  value: string | null;
  onChange: (value: string | null) => void;
}

export interface RelationsPickerProps extends Shared {
  value: readonly string[];
  onChange: (value: string[]) => void;
}

/** Everything that the server found is shown: it knows spellings that a comparison of letters does not. */
function asFound<Item>({ options }: { options: Item[] }): Item[] {
  return options;
}

function renderBy(options: readonly RelationOption[], people: boolean) {
  const byValue = new Map(options.map((option) => [option.value, option]));
  return function Option({ option }: { option: { value: string; label: string } }) {
    return <OptionRow option={byValue.get(option.value) ?? option} people={people} />;
  };
}

/** Picks one; `null` is none. */
export function RelationPicker({
  kind,
  value,
  onChange,
  filter,
  other = false,
  ...input
}: RelationPickerProps) {
  const { t } = useTranslation("relation");
  const [search, setSearch] = useState("");
  const chosen = value === null || value === "" ? [] : [value];
  const label = useRelation({ kind, search: "", chosen, filter, other: false }).options.find(
    (option) => option.value === value,
  )?.label;
  const term = search === label || search === value ? "" : search;
  const {
    options,
    loading,
    icon: Icon,
    people,
    settle,
  } = useRelation({ kind, search: term, chosen, filter, other });

  function choose(picked: string | null): void {
    if (picked === null) onChange(null);
    else settle(picked).then(onChange, notifyFailure);
  }

  return (
    <Select
      {...input}
      data={options.map((option) => ({ value: option.value, label: option.label }))}
      value={chosen[0] ?? null}
      onChange={choose}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      filter={asFound}
      clearable={input.required !== true}
      placeholder={input.placeholder ?? t(`placeholder.${kind}`)}
      nothingFoundMessage={loading ? t("searching") : t("nothing")}
      leftSection={<Icon size={16} stroke={1.6} />}
      rightSection={loading && search !== "" ? <Loader size={14} /> : undefined}
      renderOption={renderBy(options, people)}
      comboboxProps={{ shadow: "md" }}
      maxDropdownHeight={280}
    />
  );
}

/** Picks several. */
export function RelationsPicker({
  kind,
  value,
  onChange,
  filter,
  other = false,
  ...input
}: RelationsPickerProps) {
  const { t } = useTranslation("relation");
  const [search, setSearch] = useState("");
  const {
    options,
    loading,
    icon: Icon,
    people,
    settle,
  } = useRelation({ kind, search, chosen: value, filter, other });

  function choose(picked: string[]): void {
    Promise.all(picked.map(settle)).then((stored) => onChange([...new Set(stored)]), notifyFailure);
  }

  return (
    <MultiSelect
      {...input}
      data={options.map((option) => ({ value: option.value, label: option.label }))}
      value={[...value]}
      onChange={choose}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      filter={asFound}
      hidePickedOptions
      placeholder={value.length === 0 ? (input.placeholder ?? t(`placeholder.${kind}`)) : undefined}
      nothingFoundMessage={loading ? t("searching") : t("nothing")}
      leftSection={<Icon size={16} stroke={1.6} />}
      renderOption={renderBy(options, people)}
      comboboxProps={{ shadow: "md" }}
      maxDropdownHeight={280}
    />
  );
}
