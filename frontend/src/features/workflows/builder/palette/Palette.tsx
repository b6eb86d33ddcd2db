/** What can be put on the canvas: searched, chosen by keys or pointer, or dragged. */

import { Alert, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useId, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { blockOf, nodeOf, nodeTitle, portsOf, triggerKey, type Spot } from "@/components/graph";

import classes from "../builder.module.css";
import { search } from "../searching";
import { useBuilder, type Builder } from "../useBuilder";
import { PaletteItem } from "./PaletteItem";
import { useHasChannel } from "./useChannels";
import { useEntries, type Item } from "./useEntries";

const keyOf = (item: Item): string =>
  item.kind === "block" ? item.block.key : triggerKey(item.trigger.slug) + item.eventType;
const groupOf = (item: Item): string => (item.kind === "block" ? item.block.category : "trigger");

const ADD: {
  readonly [Kind in Item["kind"]]: (
    builder: Builder,
    item: Extract<Item, { kind: Kind }>,
    spot: Spot | undefined,
  ) => void;
} = {
  block: (builder, { block }, spot) => builder.insert(block, spot),
  trigger: (builder, { trigger, eventType }) => builder.addTrigger(trigger, eventType),
};

function add(builder: Builder, item: Item, spot: Spot | undefined): void {
  // The item's own kind chose how, which TypeScript cannot follow.
  (ADD[item.kind] as (builder: Builder, item: Item, spot: Spot | undefined) => void)(builder, item, spot);
}

/** Says after which step the new one comes. */
function useWhere(spot: Spot | undefined): string {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, chosen } = useBuilder();
  if (spot === null) return t("builder.palette.atStart");
  const node = nodeOf(document, spot?.source ?? chosen ?? "");
  if (node === undefined) return "";
  const block = blockOf(catalogue, node);
  const name = nodeTitle(node, catalogue, words);
  const ports = portsOf(block, node.config);
  const port = ports.find((each) => each.id === spot?.port);
  return port === undefined || ports.indexOf(port) === 0
    ? t("builder.palette.after", { name })
    : t("builder.palette.afterPort", { name, port: words.port(port) });
}

export function Palette({ spot }: { spot: Spot | undefined }) {
  const { t } = useTranslation("workflows");
  const builder = useBuilder();
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const hasChannel = useHasChannel();
  const where = useWhere(spot);
  const entries = useEntries().filter(({ item }) => spot === undefined || item.kind === "block");
  const found = search(entries, query);
  const listed = found.filter((item) => item.kind === "block" || item.eventType === "");
  const groups = [...new Set(listed.map(groupOf))];
  // Without a query by group; with one the best first, whatever its group.
  const shown =
    query === "" ? groups.flatMap((group) => listed.filter((item) => groupOf(item) === group)) : found;
  const current = shown[Math.min(at, shown.length - 1)];
  const optionId = (item: Item): string => `${id}-${keyOf(item)}`;

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) {
      event.preventDefault();
      const next = (Math.min(at, shown.length - 1) + step + shown.length) % shown.length;
      setAt(next);
      const item = shown[next];
      if (item !== undefined) document.getElementById(optionId(item))?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter" && current !== undefined) {
      event.preventDefault();
      add(builder, current, spot);
    }
  }

  function option(item: Item) {
    return (
      <PaletteItem
        key={keyOf(item)}
        id={optionId(item)}
        item={item}
        dragKey={keyOf(item)}
        isCurrent={item === current}
        lacksChannel={item.kind === "block" && !hasChannel(item.block.channels)}
        onAdd={() => add(builder, item, spot)}
      />
    );
  }

  return (
    <Stack gap="sm" className={classes.palette}>
      <TextInput
        data-autofocus
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={current === undefined ? undefined : optionId(current)}
        aria-label={t("builder.palette.search")}
        placeholder={t("builder.palette.search")}
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {where !== "" && (
        <Text size="xs" c="var(--wasl-muted)" dir="auto">
          {where}
        </Text>
      )}
      {shown.length === 0 && <Alert color="gray">{t("builder.palette.nothing", { query })}</Alert>}
      <ScrollArea.Autosize type="auto" className={classes.paletteList}>
        <div role="listbox" id={`${id}-list`} aria-label={t("builder.palette.title")}>
          {query === ""
            ? groups.map((group) => (
                <div key={group} role="group" aria-label={builder.words.category(group)}>
                  <Text size="xs" fw={600} c="var(--wasl-muted)" className={classes.group}>
                    {builder.words.category(group)}
                  </Text>
                  {shown.filter((item) => groupOf(item) === group).map(option)}
                </div>
              ))
            : shown.map(option)}
        </div>
      </ScrollArea.Autosize>
    </Stack>
  );
}
