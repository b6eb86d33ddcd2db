/** Picks a field that predicates may name: grouped by what it belongs to, with search; any other path can be written. */

import { Combobox, Group, InputBase, ScrollArea, Skeleton, Text, useCombobox } from "@mantine/core";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Field, fieldAt, pickable } from "./catalogue";
import { useCatalogue, useTitles } from "./useCatalogue";

export interface FieldPickerProps {
  id?: string;
  /** What the input is called for those who do not see it. */
  label: string;
  value: string;
  onChange: (path: string) => void;
  /** Only fields below these roots. */
  roots?: readonly string[];
  /** Only fields of these types. */
  types?: readonly string[];
  eventType?: string;
  disabled?: boolean;
  invalid?: boolean;
}

/** A path that may be written by hand: names and numbers joined by dots. */
const PATH = /^[^\s.]+(\.[^\s.]+)+$/;

function grouped(fields: readonly Field[], root: (field: Field) => string): [string, Field[]][] {
  const groups = new Map<string, Field[]>();
  for (const field of fields) groups.set(root(field), [...(groups.get(root(field)) ?? []), field]);
  return [...groups];
}

function Picker({
  id,
  label,
  value,
  onChange,
  roots,
  types,
  eventType,
  disabled,
  invalid,
}: FieldPickerProps) {
  const { t } = useTranslation("predicate");
  const catalogue = useCatalogue(eventType);
  const { title, root } = useTitles(catalogue);
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setSearch("");
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const { selectFirstOption } = combobox;
  // Once the narrowed list is drawn, Enter takes its first.
  useEffect(() => {
    if (search !== "") selectFirstOption();
  }, [search, selectFirstOption]);
  const wanted = search.trim().toLocaleLowerCase();
  const offered = pickable(catalogue, { roots, types }).filter((field) =>
    `${field.path} ${field.label} ${title(field.path)} ${root(field)}`.toLocaleLowerCase().includes(wanted),
  );
  const own = PATH.test(search.trim()) && !offered.some(({ path }) => path === search.trim());
  const chosen = value === "" ? null : fieldAt(catalogue, value);

  return (
    <Combobox
      store={combobox}
      width={320}
      position="bottom-start"
      shadow="md"
      disabled={disabled}
      onOptionSubmit={(path) => {
        combobox.closeDropdown();
        onChange(path);
      }}
    >
      <Combobox.Target>
        <InputBase
          component="button"
          type="button"
          id={id}
          pointer
          disabled={disabled}
          error={invalid}
          aria-label={chosen === null ? label : `${label}: ${title(chosen.path)}`}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          onClick={() => combobox.toggleDropdown()}
        >
          {chosen === null ? (
            <Text size="sm" c="var(--wasl-muted)" truncate>
              {t("field.choose")}
            </Text>
          ) : (
            <Text size="sm" dir="auto" truncate>
              {title(chosen.path)}
            </Text>
          )}
        </InputBase>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          aria-label={t("field.search")}
          placeholder={t("field.search")}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Combobox.Options>
          <ScrollArea.Autosize mah={320} type="scroll">
            {grouped(offered, root).map(([name, fields]) => (
              <Combobox.Group key={name} label={name}>
                {fields.map((field) => (
                  <Combobox.Option key={field.path} value={field.path} active={field.path === value}>
                    <Group justify="space-between" gap="xs" wrap="nowrap">
                      <Text size="sm" dir="auto" truncate>
                        {title(field.path)}
                      </Text>
                      <Text size="xs" c="var(--wasl-muted)" style={{ flexShrink: 0 }}>
                        {t(`types.${field.type}`)}
                      </Text>
                    </Group>
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {own && (
              <Combobox.Option value={search.trim()}>
                {t("field.use", { path: search.trim() })}
              </Combobox.Option>
            )}
            {offered.length === 0 && !own && <Combobox.Empty>{t("field.none")}</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

export function FieldPicker(props: FieldPickerProps) {
  return (
    <Suspense fallback={<Skeleton height={36} />}>
      <Picker {...props} />
    </Suspense>
  );
}
