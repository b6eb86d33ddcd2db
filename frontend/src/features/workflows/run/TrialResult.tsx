/** What a dry run found: whether it would start and why, its path on the graph, and every step of it. */

import { Alert, Collapse, Group, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { GraphCanvas } from "@/components/graph";
import { PredicateExplanation, StateLabel } from "@/components/run";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import type { Workflow } from "../queries";
import workflowClasses from "../workflows.module.css";
import { paintsOf, stopsOf, takenOf } from "./path";
import { TrialSteps } from "./TrialSteps";

type Tried = Schema<"Tried">;

interface Props {
  workflow: Workflow;
  tried: Tried;
}

export function TrialResult({ workflow, tried }: Props) {
  const { t } = useTranslation("workflows");
  const stops = useMemo(() => stopsOf(tried.path, workflow.id), [tried.path, workflow.id]);
  const paint = useMemo(() => paintsOf(stops), [stops]);
  const taken = useMemo(() => takenOf(stops), [stops]);
  const [node, setNode] = useState<string | null>(null);
  return (
    <Stack gap="lg" aria-live="polite">
      <Start tried={tried} />
      <Summary tried={tried} />
      <div className={workflowClasses.graph} data-size="small">
        <GraphCanvas
          document={workflow.draft}
          paint={paint}
          taken={taken}
          selected={node}
          onSelect={setNode}
          label={t("run.graph")}
          minimap={false}
        />
      </div>
      <section>
        <Title order={2} size="h5" mb="sm">
          {t("run.steps")}
        </Title>
        <TrialSteps stops={stops} chosen={node} />
        {tried.cut && <Text size="sm">{t("run.cut")}</Text>}
      </section>
    </Stack>
  );
}

function Start({ tried }: { tried: Tried }) {
  const { t } = useTranslation("workflows");
  const [isOpen, setOpen] = useState(!tried.would_start);
  const { trigger, admission } = tried;
  const said = trigger.matches ? admission : trigger;
  return (
    <Alert
      color={tried.would_start ? "teal" : "orange"}
      variant="light"
      icon={tried.would_start ? <IconCircleCheck size={18} /> : <IconCircleX size={18} />}
      title={t(tried.would_start ? "run.starts" : "run.startsNot")}
    >
      <Text size="sm" dir="auto">
        {said.reason}
      </Text>
      {said.remedy !== "" && (
        <Text size="sm" dir="auto">
          {said.remedy}
        </Text>
      )}
      {!tried.would_start && (
        <Text size="sm" mt={4}>
          {t("run.anyway")}
        </Text>
      )}
      {trigger.findings.length > 0 && (
        <>
          <UnstyledButton mt="xs" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
            <Text size="sm" td="underline">
              {t("run.lines")}
            </Text>
          </UnstyledButton>
          <Collapse expanded={isOpen}>
            {trigger.findings.map((finding) => (
              <PredicateExplanation key={finding.trigger} explanation={finding.explanation} />
            ))}
          </Collapse>
        </>
      )}
    </Alert>
  );
}

function Summary({ tried }: { tried: Tried }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const lasts = new Date(tried.ended_at).getTime() - new Date(tried.started_at).getTime();
  const cost = Number(tried.cost);
  return (
    <Group gap="lg">
      <StateLabel state={tried.state} />
      {lasts > 0 && <Text size="sm">{t("run.lasts", { time: format.duration(lasts) })}</Text>}
      {cost > 0 && <Text size="sm">{t("run.cost", { cost: format.money(cost, tried.currency) })}</Text>}
      {tried.converted && <Text size="sm">{t("run.converted")}</Text>}
      {tried.error !== "" && (
        <Text size="sm" c="var(--mantine-color-error)" dir="auto">
          {tried.error}
        </Text>
      )}
    </Group>
  );
}
