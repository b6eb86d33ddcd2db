/** The filters of the list, in a popover. */

import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Indicator,
  MultiSelect,
  Popover,
  Select,
  Stack,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import { filterCount, isBuiltIn, withoutFilters, type Control, type InboxSearch } from "../model/filters";
import { useChannels, useColleagues, useLabels } from "../sync/useSurroundings";

const CONTROLS: readonly Control[] = ["human", "bot", "workflow"];

interface Props {
  search: InboxSearch;
  onSearch: (search: InboxSearch) => void;
}

export function FiltersButton({ search, onSearch }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const [opened, { toggle, close }] = useDisclosure();
  const count = filterCount(search);
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && close()}
      position="bottom-start"
      width={320}
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <Tooltip label={t("filters.title")}>
          <Indicator
            disabled={count === 0}
            label={format.number(count)}
            size={16}
            offset={4}
            position="top-end"
          >
            <ActionIcon
              size={32}
              onClick={toggle}
              aria-label={count === 0 ? t("filters.title") : t("filters.some", { count })}
              aria-expanded={opened}
              variant={count === 0 ? "subtle" : "light"}
            >
              <IconFilter size={18} stroke={1.6} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("filters.title")}>
        {opened && <Fields search={search} onSearch={onSearch} />}
        <Group justify="space-between" mt="md">
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => onSearch(withoutFilters(search))}
            disabled={count === 0}
          >
            {t("filters.clear")}
          </Button>
          <Button size="compact-sm" onClick={close}>
            {t("filters.done")}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

const given = (values: string[]): string[] | undefined => (values.length > 0 ? values : undefined);

function Fields({ search, onSearch }: Props) {
  const { t } = useTranslation("inbox");
  const channels = useChannels().data?.results ?? [];
  const labels = useLabels().data ?? [];
  const colleagues = useColleagues();
  const comboboxProps = { withinPortal: false };
  const view = search.view ?? "all";
  return (
    <Stack gap="sm">
      <MultiSelect
        label={t("filters.channel")}
        data={channels.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...(search.channel ?? [])]}
        onChange={(values) => onSearch({ ...search, channel: given(values) })}
        comboboxProps={comboboxProps}
        clearable
      />
      <MultiSelect
        label={t("filters.label")}
        data={labels.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...(search.label ?? [])]}
        onChange={(values) => onSearch({ ...search, label: given(values) })}
        comboboxProps={comboboxProps}
        searchable
        clearable
      />
      <MultiSelect
        label={t("filters.control")}
        data={CONTROLS.map((value) => ({ value, label: t(`control.names.${value}`) }))}
        value={[...(search.control ?? [])]}
        onChange={(values) =>
          onSearch({
            ...search,
            control: given(values)?.flatMap((each) => CONTROLS.find((one) => one === each) ?? []),
          })
        }
        comboboxProps={comboboxProps}
        clearable
      />
      {(view === "all" || !isBuiltIn(view)) && (
        <Select
          label={t("filters.assignee")}
          data={[
            { value: "none", label: t("assign.nobody") },
            ...colleagues.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={search.assignee ?? null}
          onChange={(value) => onSearch({ ...search, assignee: value ?? undefined })}
          comboboxProps={comboboxProps}
          searchable
          clearable
        />
      )}
      <Checkbox
        label={t("filters.unread")}
        checked={search.unread === true}
        onChange={(event) => onSearch({ ...search, unread: event.currentTarget.checked || undefined })}
      />
    </Stack>
  );
}
