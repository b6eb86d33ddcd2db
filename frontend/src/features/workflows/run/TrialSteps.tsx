/** The steps of a dry run, one under the other: messages as bubbles, the rest as what went in and came out. */

import { Collapse, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useStepName } from "@/components/graph";
import { isBlank, JsonView, MessageBubble, messageIn, StateLabel } from "@/components/run";
import { useFormat } from "@/lib/format";

import { stateOf, type Stop } from "./path";
import classes from "./run.module.css";

interface Props {
  stops: readonly Stop[];
  /** The node that is chosen on the graph. */
  chosen: string | null;
}

export function TrialSteps({ stops, chosen }: Props) {
  return (
    <ol className={classes.steps}>
      {stops.map((stop, index) => (
        <Step key={index} stop={stop} number={index + 1} isChosen={stop.isOwn && stop.step.node === chosen} />
      ))}
    </ol>
  );
}

interface StepProps {
  stop: Stop;
  number: number;
  isChosen: boolean;
}

function Step({ stop, number, isChosen }: StepProps) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const name = useStepName();
  const [isOpen, setOpen] = useState(false);
  const { step, depth, part } = stop;
  const message = messageIn(step.input);
  return (
    <li className={classes.step} data-chosen={isChosen} style={{ marginInlineStart: depth * 20 }}>
      {part !== null && (
        <Text size="xs" c="var(--wasl-muted)" mb={4} dir="auto">
          {part.branch.endsWith(":") ? part.workflow_name : part.branch}
        </Text>
      )}
      <Group gap="sm" wrap="nowrap" justify="space-between">
        <Group gap={8} wrap="nowrap" miw={0}>
          <Text size="sm" c="var(--wasl-muted)">
            {format.number(number)}
          </Text>
          <StateLabel state={stateOf(step) === "failed" ? "failed" : step.state || "completed"} compact />
          <Text size="sm" fw={600} truncate>
            {name(step)}
          </Text>
          {step.port !== "" && step.port !== "next" && (
            <Text size="xs" c="var(--wasl-muted)">
              → <bdi>{step.port}</bdi>
            </Text>
          )}
        </Group>
        <Text size="xs" c="var(--wasl-muted)">
          {format.dateTime(step.at)}
        </Text>
      </Group>
      <Stack gap={6} mt={6}>
        {step.instead !== "" && (
          <Text size="xs" c="var(--wasl-muted)">
            {t(`run.instead.${step.instead}`)}
            {step.until !== null && ` · ${format.dateTime(step.until)}`}
          </Text>
        )}
        {step.reason !== "" && (
          <Text size="sm" dir="auto">
            {step.reason}
          </Text>
        )}
        {step.error !== "" && (
          <Text size="sm" c="var(--mantine-color-error)" dir="auto">
            {step.error}
          </Text>
        )}
        {message !== undefined && <MessageBubble message={message} />}
      </Stack>
      <Details stop={stop} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
    </li>
  );
}

function Details({ stop, isOpen, onToggle }: { stop: Stop; isOpen: boolean; onToggle: () => void }) {
  const { t } = useTranslation("workflows");
  const { input, output, grounds } = stop.step;
  if (isBlank(input) && isBlank(output) && isBlank(grounds)) return null;
  return (
    <>
      <UnstyledButton className={classes.more} onClick={onToggle} aria-expanded={isOpen} data-open={isOpen}>
        <IconChevronDown size={14} aria-hidden />
        <Text size="xs">{t("run.details")}</Text>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Stack gap="xs" mt={4}>
          {!isBlank(grounds) && <JsonView value={grounds} label={t("run.grounds")} />}
          {!isBlank(input) && <JsonView value={input} label={t("run.input")} />}
          {!isBlank(output) && <JsonView value={output} label={t("run.output")} />}
        </Stack>
      </Collapse>
    </>
  );
}
