/** The way of an execution, walked step by step: painted on the graph, listed, and each step opened. */

import { ActionIcon, Alert, Group, Slider, Text, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { GraphCanvas } from "@/components/graph";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";

import { type ExecutionDetail, versionQuery } from "../queries";
import { executionSearch } from "../searches";
import classes from "./one.module.css";
import { Step } from "./Step";
import { Steps } from "./Steps";
import { paintsUntil, type Stop, stopAt, stopsOf, takenUntil } from "./way";

interface Props {
  execution: ExecutionDetail;
  replay: Schema<"WholeReplay">;
}

export function Walk({ execution, replay }: Props) {
  const { t } = useTranslation("executions");
  const stops = useMemo(() => stopsOf(replay), [replay]);
  const { step } = useSearch({ from: "/shell/executions/$executionId" });
  const navigate = useNavigate();
  const last = stops.length - 1;
  const at = step === undefined ? last : Math.min(step - 1, last);
  const go = (to: number): void =>
    void navigate({
      to: "/executions/$executionId",
      params: { executionId: execution.id },
      search: executionSearch({ step: Math.max(0, Math.min(to, last)) + 1 }),
      replace: true,
      resetScroll: false,
    });
  const group = t("walk.keys");
  useShortcuts([
    { keys: "j", label: t("walk.next"), group, run: () => go(at + 1) },
    { keys: "k", label: t("walk.previous"), group, run: () => go(at - 1) },
  ]);
  const stop = stops[at];
  if (stop === undefined) return <Alert variant="light">{t("walk.none")}</Alert>;
  return (
    <div className={classes.walk}>
      <div className={classes.drawing}>
        <Drawing execution={execution} graph={replay.graph} stops={stops} at={at} onGo={go} />
        <Controls at={at} last={last} onGo={go} />
        {replay.truncated && <Alert variant="light">{t("walk.truncated")}</Alert>}
      </div>
      <div className={classes.side}>
        <Steps stops={stops} at={at} onGo={go} />
        <Step key={at} execution={execution} stop={stop} />
      </div>
    </div>
  );
}

interface DrawingProps {
  execution: ExecutionDetail;
  graph: string;
  stops: readonly Stop[];
  at: number;
  onGo: (to: number) => void;
}

function Drawing({ execution, graph, stops, at, onGo }: DrawingProps) {
  const { t } = useTranslation("executions");
  const { data } = useQuery(versionQuery(execution.workflow, execution.version_number));
  const paint = useMemo(() => paintsUntil(stops, at, graph), [stops, at, graph]);
  const taken = useMemo(() => takenUntil(stops, at, graph), [stops, at, graph]);
  const stop = stops[at];
  if (data === undefined) return <div className={classes.graph} />;
  return (
    <div className={classes.graph}>
      <GraphCanvas
        document={data.document}
        paint={paint}
        taken={taken}
        selected={stop?.graph === graph ? stop.visit.node : null}
        onSelect={(node) => {
          const found = node === null ? -1 : stopAt(stops, node, graph);
          if (found >= 0 && found !== at) onGo(found);
        }}
        label={t("walk.graph")}
        minimap={false}
      />
    </div>
  );
}

interface ControlsProps {
  at: number;
  last: number;
  onGo: (to: number) => void;
}

function Controls({ at, last, onGo }: ControlsProps) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  return (
    <Group gap="sm" wrap="nowrap" mt="xs">
      <Tooltip label={`${t("walk.previous")} · K`}>
        <ActionIcon
          size="lg"
          variant="default"
          disabled={at === 0}
          onClick={() => onGo(at - 1)}
          aria-label={t("walk.previous")}
        >
          <IconChevronLeft size={18} className={classes.chevron} />
        </ActionIcon>
      </Tooltip>
      <Slider
        flex={1}
        min={0}
        max={Math.max(last, 1)}
        disabled={last === 0}
        value={at}
        onChange={onGo}
        label={null}
        thumbLabel={t("walk.step")}
      />
      <Tooltip label={`${t("walk.next")} · J`}>
        <ActionIcon
          size="lg"
          variant="default"
          disabled={at === last}
          onClick={() => onGo(at + 1)}
          aria-label={t("walk.next")}
        >
          <IconChevronRight size={18} className={classes.chevron} />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" c="var(--wasl-muted)" miw={56} ta="end">
        {t("walk.of", { at: format.number(at + 1), all: format.number(last + 1) })}
      </Text>
    </Group>
  );
}
