/** A step or trigger on the canvas: what it is, what it is set to do, and its ways out. */

import { ActionIcon, Badge, ThemeIcon, Tooltip } from "@mantine/core";
import { IconAlertCircle, IconPlus, IconSend } from "@tabler/icons-react";
import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { CardNode, CardPort, Paint } from "../flow";
import { lookOf, STATES } from "../icons";
import classes from "../graph.module.css";
import { useCanvas } from "./context";

function PortEnd({
  port,
  node,
  isTrigger,
  selected,
}: {
  port: CardPort;
  node: string;
  isTrigger: boolean;
  selected: boolean;
}) {
  const { t } = useTranslation("graph");
  const { rtl, editor } = useCanvas();
  const at = `${(rtl ? 1 - port.at : port.at) * 100}%`;
  const isOpen = editor !== undefined && !port.isConnected;
  return (
    <>
      <Handle
        id={port.id}
        type="source"
        position={Position.Bottom}
        isConnectable={editor !== undefined && !isTrigger}
        className={classes.handle}
        data-error={port.isError || undefined}
        data-open={!port.isConnected || undefined}
        style={{ left: at }}
      />
      <div
        className={classes.portEnd}
        style={{ left: at }}
        data-error={port.isError || undefined}
        data-open={isOpen || undefined}
        data-shown={selected || !port.isError || port.isConnected || undefined}
      >
        {port.label !== "" && (
          <span className={classes.portLabel} dir="auto" title={port.label}>
            {port.label}
          </span>
        )}
        {isOpen && (
          <ActionIcon
            size={24}
            radius="xl"
            variant="default"
            className={`nodrag nopan ${classes.plus}`}
            tabIndex={selected ? 0 : -1}
            aria-label={port.label === "" ? t("insertAfter") : t("insertAfterPort", { port: port.label })}
            onClick={(event) => {
              event.stopPropagation();
              editor.onInsert(isTrigger ? null : { source: node, port: port.id });
            }}
          >
            <IconPlus size={14} stroke={2} />
          </ActionIcon>
        )}
      </div>
    </>
  );
}

function Mark({ paint }: { paint: Paint }) {
  const { t } = useTranslation("graph");
  const format = useFormat();
  const { icon: Icon, color } = STATES[paint.state];
  return (
    <Badge
      className={classes.mark}
      color={color}
      variant="filled"
      autoContrast
      size="md"
      leftSection={<Icon size={12} stroke={2.2} aria-hidden />}
      title={t(`states.${paint.state}`)}
    >
      {paint.count === undefined ? t(`states.${paint.state}`) : format.number(paint.count)}
    </Badge>
  );
}

export const Card = memo(function Card({ id, data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation("graph");
  const format = useFormat();
  const { rtl } = useCanvas();
  const { icon: Icon, color } = data.isKnown ? lookOf(data.category, data.icon) : lookOf("");
  const state = data.paint?.state;
  return (
    <>
      {!data.isTrigger && (
        <Handle id="in" type="target" position={Position.Top} className={classes.handle} data-target />
      )}
      <div
        className={classes.card}
        dir={rtl ? "rtl" : "ltr"}
        data-selected={selected || undefined}
        data-problem={data.problems > 0 || undefined}
        data-state={state}
        data-trigger={data.isTrigger || undefined}
        style={
          state === undefined
            ? undefined
            : { borderColor: `var(--mantine-color-${STATES[state].color}-filled)` }
        }
      >
        <ThemeIcon size={36} radius="md" variant="light" color={color} className={classes.icon}>
          <Icon size={20} stroke={1.6} aria-hidden />
        </ThemeIcon>
        <div className={classes.words}>
          <span className={classes.title} dir="auto" title={data.title}>
            {data.title}
          </span>
          {data.kind !== "" && <span className={classes.kind}>{data.kind}</span>}
          <span className={classes.summary} dir="auto" data-lines={data.kind === "" ? 2 : 1}>
            {data.summary !== "" ? data.summary : t(data.isKnown ? "notSet" : "unknown")}
          </span>
        </div>
        {data.effect === "irreversible" && (
          <Tooltip label={t("effects.irreversible")}>
            <IconSend
              className={classes.effect}
              size={14}
              stroke={1.6}
              aria-label={t("effects.irreversible")}
            />
          </Tooltip>
        )}
        {data.problems > 0 && (
          <Badge
            className={classes.problems}
            color="red"
            variant="filled"
            size="sm"
            leftSection={<IconAlertCircle size={12} aria-hidden />}
            aria-label={t("problems", { count: data.problems, shown: format.number(data.problems) })}
          >
            {format.number(data.problems)}
          </Badge>
        )}
        {data.paint !== null && <Mark paint={data.paint} />}
        {data.paint?.note !== undefined && (
          <span className={classes.note} dir="auto">
            {data.paint.note}
          </span>
        )}
      </div>
      {data.ports.map((port) => (
        <PortEnd key={port.id} port={port} node={id} isTrigger={data.isTrigger} selected={selected} />
      ))}
    </>
  );
});
