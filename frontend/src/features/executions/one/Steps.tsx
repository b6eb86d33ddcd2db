/** The steps of an execution in a list, those of its parts nested under what started them. */

import { Text, UnstyledButton } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useStepName } from "@/components/graph";
import { StateLabel } from "@/components/run";
import { useFormat } from "@/lib/format";

import classes from "./one.module.css";
import type { Stop } from "./way";

interface Props {
  stops: readonly Stop[];
  at: number;
  onGo: (to: number) => void;
}

export function Steps({ stops, at, onGo }: Props) {
  const { t } = useTranslation("executions");
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    // Scrolls the list alone, never the page.
    const chosen = list.current?.querySelector<HTMLElement>("[aria-current]");
    const box = list.current;
    if (chosen == null || box === null) return;
    const top = chosen.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + chosen.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + chosen.offsetHeight - box.clientHeight;
  }, [at]);
  return (
    <ol className={classes.steps} ref={list} aria-label={t("walk.steps")}>
      {stops.map((stop, index) => (
        <Row key={index} stop={stop} isChosen={index === at} onChoose={() => onGo(index)} />
      ))}
    </ol>
  );
}

interface RowProps {
  stop: Stop;
  isChosen: boolean;
  onChoose: () => void;
}

function Row({ stop, isChosen, onChoose }: RowProps) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const name = useStepName();
  const { visit, depth, part } = stop;
  const partOf = (branch: string): string => {
    const port = branch.split(":").slice(1).join(":");
    // Turns of a loop are counted from nought.
    return /^\d+$/.test(port)
      ? t("walk.turn", { number: format.number(Number(port) + 1) })
      : t("walk.branch", { branch: port });
  };
  return (
    <li style={{ paddingInlineStart: depth * 18 }}>
      {part !== null && (
        <Text size="xs" c="var(--wasl-muted)" className={classes.part}>
          {part.branch.endsWith(":") ? t("walk.called", { name: part.workflow_name }) : partOf(part.branch)}
        </Text>
      )}
      <UnstyledButton
        className={classes.step}
        aria-current={isChosen ? "step" : undefined}
        onClick={onChoose}
      >
        <StateLabel state={visit.state} compact />
        <Text size="sm" flex={1} truncate dir="auto">
          {name(visit)}
        </Text>
        {visit.duration_s !== null && visit.duration_s >= 0.01 && (
          <Text size="xs" c="var(--wasl-muted)">
            {format.duration(visit.duration_s * 1000)}
          </Text>
        )}
      </UnstyledButton>
    </li>
  );
}
