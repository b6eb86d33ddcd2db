/** Why a workflow did, or did not, run for an event: the verdict, the reason, what would help, and every line. */

import { Anchor, Collapse, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconBulb, IconCheck, IconChevronDown, IconTarget, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { PredicateExplanation } from "@/components/run";

import type { Verdict } from "../queries";
import classes from "./events.module.css";

const NEAR: ReadonlySet<string> = new Set(["near_miss", "matches_now"]);

export function VerdictCard({ verdict }: { verdict: Verdict }) {
  const { t, i18n } = useTranslation("executions");
  const { result, ran, reason, remedy, note, execution, triggers, version } = verdict;
  const kind = ran ? "ran" : NEAR.has(result) ? "near" : "not";
  const Sign = { ran: IconCheck, near: IconTarget, not: IconX }[kind];
  const word = i18n.exists(`verdict.${result}`, { ns: "executions" })
    ? t(`verdict.${result}`)
    : result.replaceAll("_", " ");
  return (
    <article className={classes.verdict} data-kind={kind}>
      <Group gap="sm" wrap="nowrap" align="start">
        <Sign size={18} stroke={2} className={classes.sign} aria-hidden />
        <Stack gap={6} flex={1} miw={0}>
          <Group justify="space-between" gap="xs">
            <Group gap={8}>
              <Anchor
                size="sm"
                fw={600}
                c="var(--mantine-color-text)"
                dir="auto"
                renderRoot={(props) => (
                  <Link to="/workflows/$workflowId" params={{ workflowId: verdict.workflow }} {...props} />
                )}
              >
                {verdict.name}
              </Anchor>
              <Text size="sm" fw={600} className={classes.word}>
                {word}
              </Text>
            </Group>
            {execution !== null && (
              <Anchor
                size="sm"
                renderRoot={(props) => (
                  <Link to="/executions/$executionId" params={{ executionId: execution }} {...props} />
                )}
              >
                {t("events.openExecution")}
              </Anchor>
            )}
          </Group>
          <Text size="sm" dir="auto">
            {reason}
          </Text>
          {remedy !== "" && (
            <Group gap={6} wrap="nowrap" align="start">
              <IconBulb size={16} stroke={1.6} aria-hidden className={classes.bulb} />
              <Text size="sm" dir="auto">
                {remedy}
              </Text>
            </Group>
          )}
          {note !== "" && (
            <Text size="xs" c="var(--wasl-muted)" dir="auto">
              {note}
            </Text>
          )}
          {triggers.length > 0 && <Triggers triggers={triggers} isOpen={!ran} version={version} />}
        </Stack>
      </Group>
    </article>
  );
}

interface TriggersProps {
  triggers: Verdict["triggers"];
  isOpen: boolean;
  version: number | null;
}

function Triggers({ triggers, isOpen: atFirst, version }: TriggersProps) {
  const { t } = useTranslation("executions");
  const [isOpen, setOpen] = useState(atFirst);
  return (
    <div>
      <UnstyledButton
        className={classes.more}
        onClick={() => setOpen(!isOpen)}
        aria-expanded={isOpen}
        data-open={isOpen}
      >
        <IconChevronDown size={15} aria-hidden />
        <Text size="sm">{t(isOpen ? "events.hideLines" : "events.showLines")}</Text>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Stack gap="sm" mt="xs">
          {triggers.map((finding) => (
            <div key={finding.trigger} className={classes.finding}>
              <Text size="xs" c="var(--wasl-muted)" mb={4}>
                {t("events.trigger")} <code className="ltr">{finding.trigger}</code>
                {version !== null && ` · ${t("one.version", { number: version })}`}
              </Text>
              {finding.result === "not_addressed" ? (
                <Text size="sm">{t("events.notAddressed")}</Text>
              ) : (
                <PredicateExplanation explanation={finding.explanation} />
              )}
            </div>
          ))}
        </Stack>
      </Collapse>
    </div>
  );
}
