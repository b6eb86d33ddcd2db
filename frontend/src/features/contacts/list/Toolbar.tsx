/** Above the table: search, filter, columns, and the views that keep them. */

import { Badge, Button, Checkbox, Divider, Group, Popover, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconColumns3, IconFilter, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { FieldErrors } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { lines } from "../model";
import { useColumnLabel } from "../parts/useColumnLabel";
import { FilterDrawer } from "./FilterDrawer";
import classes from "./list.module.css";
import type { TableState } from "./useTable";
import { ViewsMenu } from "./ViewsMenu";

const PAUSE_MS = 250;

export function Toolbar({ table, errors }: { table: TableState; errors: FieldErrors | undefined }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { asked, change } = table;
  const [filtering, filter] = useDisclosure(false);
  const [typed, setTyped] = useState(asked.q ?? "");
  const [typedOf, setTypedOf] = useState(asked.q);
  if (typedOf !== asked.q) {
    setTypedOf(asked.q);
    setTyped(asked.q ?? "");
  }
  const search = useDebouncedCallback((q: string) => change({ q: q.trim() }), PAUSE_MS);
  const count = lines(asked.filter);
  return (
    <Group mb="sm" gap="xs">
      <TextInput
        className={classes.search ?? ""}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        placeholder={t("list.search")}
        aria-label={t("list.search")}
        type="search"
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          search(currentTarget.value);
        }}
        dir="auto"
      />
      <Button
        variant={count > 0 ? "light" : "default"}
        leftSection={<IconFilter size={16} stroke={1.6} />}
        rightSection={
          count > 0 && (
            <Badge size="sm" circle>
              {format.number(count)}
            </Badge>
          )
        }
        color={errors === undefined ? undefined : "red"}
        onClick={filter.open}
      >
        {t("filter.open")}
      </Button>
      <ColumnsMenu table={table} />
      <ViewsMenu table={table} />
      {filtering && <FilterDrawer table={table} errors={errors} onClose={filter.close} />}
    </Group>
  );
}

function ColumnsMenu({ table: { columns, shown, change } }: { table: TableState }) {
  const { t } = useTranslation("contacts");
  const labelOf = useColumnLabel();
  const keys = shown.map(({ key }) => key);
  const toggle = (key: string): void => {
    const next = keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key];
    if (next.length > 0) change({ columns: next });
  };
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} stroke={1.6} />} visibleFrom="sm">
          {t("columns.open")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Stack gap={8} className={classes.columns} role="group" aria-label={t("columns.open")}>
          {columns.map((column) => (
            <Checkbox
              key={column.key}
              size="sm"
              label={<span dir="auto">{labelOf(column)}</span>}
              checked={keys.includes(column.key)}
              disabled={keys.length === 1 && keys.includes(column.key)}
              onChange={() => toggle(column.key)}
            />
          ))}
        </Stack>
        <Divider my="xs" />
        <Text size="xs" c="var(--wasl-muted)" maw={220}>
          {t("columns.hint")}
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
