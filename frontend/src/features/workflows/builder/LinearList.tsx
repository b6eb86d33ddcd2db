/** The workflow as a list, for narrow screens: read from top to bottom, every step a tap away from its settings. */

import { ActionIcon, Badge, Button, Stack, Text, ThemeIcon, UnstyledButton } from "@mantine/core";
import { IconArrowBackUp, IconBolt, IconPlus, IconSettings } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { EmptyState } from "@/components/feedback";
import {
  blockOf,
  lookOf,
  nodeOf,
  nodeSummary,
  nodeTitle,
  triggerKey,
  triggerSummary,
  triggerTitle,
  type GraphNode,
  type Spot,
} from "@/components/graph";
import { useFormat } from "@/lib/format";

import classes from "./builder.module.css";
import { linearRows, type Row } from "./linear";
import { useBuilder } from "./useBuilder";

export function LinearList() {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, show, readOnly } = useBuilder();
  const rows = linearRows(document, catalogue);
  const isEmpty = document.triggers.length === 0 && rows.length === 0;
  return (
    <Stack gap={6} className={classes.linear} data-steps>
      {isEmpty && (
        <EmptyState icon={IconBolt} title={t("builder.empty.title")} text={t("builder.empty.text")} />
      )}
      {document.triggers.map((trigger) => (
        <Entry
          key={trigger.id}
          itemKey={triggerKey(trigger.id)}
          category="trigger"
          icon={catalogue.triggers.find((each) => each.slug === trigger.type)?.icon}
          title={triggerTitle(trigger, words)}
          summary={triggerSummary(trigger, catalogue, words)}
        />
      ))}
      {!isEmpty && !readOnly && <Add spot={null} label={t("builder.palette.atStart")} />}
      {rows.map((row, index) => (
        <div key={index} style={{ paddingInlineStart: `${Math.min(row.depth, 5) * 14}px` }}>
          <RowOf row={row} />
        </div>
      ))}
      {!readOnly && (
        <Button
          variant="default"
          leftSection={<IconPlus size={18} />}
          size="md"
          mt="sm"
          onClick={() => show({ kind: "palette", spot: undefined })}
        >
          {t("builder.add")}
        </Button>
      )}
      <Button
        variant="subtle"
        leftSection={<IconSettings size={18} />}
        size="md"
        onClick={() => show({ kind: "settings", field: "" })}
      >
        {t("builder.settings.title")}
      </Button>
    </Stack>
  );
}

function useName(): (id: string) => string {
  const { document, catalogue, words } = useBuilder();
  return (id) => {
    const node = nodeOf(document, id);
    return node === undefined ? id : nodeTitle(node, catalogue, words);
  };
}

type Drawn = { readonly [Kind in Row["kind"]]: React.FC<{ row: Extract<Row, { kind: Kind }> }> };

const DRAWN: Drawn = {
  node: function NodeRow({ row }) {
    const { document } = useBuilder();
    const node = nodeOf(document, row.id);
    return node === undefined ? null : <Step node={node} />;
  },
  port: function PortRow({ row }) {
    const { words } = useBuilder();
    return (
      <Badge variant="light" color="gray" size="lg" tt="none" mt={4}>
        <bdi>{words.port(row.port)}</bdi>
      </Badge>
    );
  },
  jump: function JumpRow({ row }) {
    const { t } = useTranslation("workflows");
    const { open } = useBuilder();
    const name = useName()(row.id);
    return (
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconArrowBackUp size={16} className={classes.mirrored} />}
        onClick={() => open(row.id)}
      >
        {t("builder.linear.jump", { name })}
      </Button>
    );
  },
  end: function EndRow({ row }) {
    const { t } = useTranslation("workflows");
    const { readOnly } = useBuilder();
    if (readOnly) return null;
    return <Add spot={{ source: row.from, port: row.port }} label={t("builder.linear.add")} />;
  },
  loose: function LooseRow() {
    const { t } = useTranslation("workflows");
    return (
      <Text size="sm" fw={600} c="var(--wasl-muted)" mt="md">
        {t("builder.linear.loose")}
      </Text>
    );
  },
};

function RowOf({ row }: { row: Row }) {
  // The row's own kind chose the component, which TypeScript cannot follow.
  const Component = DRAWN[row.kind] as React.FC<{ row: Row }>;
  return <Component row={row} />;
}

function Add({ spot, label }: { spot: Spot; label: string }) {
  const { show } = useBuilder();
  return (
    <ActionIcon
      size={44}
      radius="xl"
      variant="default"
      aria-label={label}
      onClick={() => show({ kind: "palette", spot })}
    >
      <IconPlus size={18} stroke={1.8} />
    </ActionIcon>
  );
}

function Step({ node }: { node: GraphNode }) {
  const { catalogue, words } = useBuilder();
  const block = blockOf(catalogue, node);
  return (
    <Entry
      itemKey={node.id}
      category={block?.category ?? ""}
      icon={block?.icon}
      title={useName()(node.id)}
      summary={nodeSummary(node, block, catalogue, words)}
    />
  );
}

interface EntryProps {
  itemKey: string;
  category: string;
  icon: string | undefined;
  title: string;
  summary: string;
}

function Entry({ itemKey, category, icon, title, summary }: EntryProps) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const { open, problems } = useBuilder();
  const { icon: Icon, color } = lookOf(category, icon);
  const count = problems.filter(
    ({ kind, id }) => itemKey === (kind === "trigger" ? triggerKey(id) : id),
  ).length;
  return (
    <UnstyledButton className={classes.entry} onClick={() => open(itemKey)}>
      <ThemeIcon size={36} radius="md" variant="light" color={color}>
        <Icon size={20} stroke={1.6} aria-hidden />
      </ThemeIcon>
      <span className={classes.itemWords}>
        <Text size="sm" fw={600} dir="auto" component="span" display="block">
          {title}
        </Text>
        {summary !== "" && (
          <Text size="xs" c="var(--wasl-muted)" dir="auto" component="span" lineClamp={2}>
            {summary}
          </Text>
        )}
      </span>
      {count > 0 && (
        <Badge color="red" aria-label={t("builder.problems.count", { count, shown: format.number(count) })}>
          {format.number(count)}
        </Badge>
      )}
    </UnstyledButton>
  );
}
