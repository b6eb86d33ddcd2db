/** What keeps the draft from being published; each line leads to where it can be mended. */

import { Stack, Text, UnstyledButton } from "@mantine/core";
import { IconAlertCircle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { EmptyState } from "@/components/feedback";
import {
  nodeOf,
  nodeTitle,
  triggerKey,
  triggerOf,
  triggerTitle,
  type PlacedProblem,
} from "@/components/graph";

import classes from "./builder.module.css";
import { useBuilder, type Builder } from "./useBuilder";

type Kind = PlacedProblem["kind"];

/** How to get to where a problem lies. */
const GO: Readonly<Record<Kind, (builder: Builder, problem: PlacedProblem) => void>> = {
  node: ({ open }, { id, field }) => open(id, field),
  trigger: ({ open }, { id, field }) => open(triggerKey(id), field),
  policy: ({ show }, { field }) => show({ kind: "settings", field }),
  workflow: ({ show }) => show({ kind: "palette", spot: undefined }),
};

function useNames(): (problem: PlacedProblem) => string {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words } = useBuilder();
  const names: Readonly<Record<Kind, (id: string) => string>> = {
    node: (id) => {
      const node = nodeOf(document, id);
      return node === undefined ? id : nodeTitle(node, catalogue, words);
    },
    trigger: (id) => {
      const trigger = triggerOf(document, id);
      return trigger === undefined ? id : triggerTitle(trigger, words);
    },
    policy: () => t("builder.settings.title"),
    workflow: () => t("builder.problems.workflow"),
  };
  return ({ kind, id }) => names[kind](id);
}

export function ProblemsList() {
  const { t } = useTranslation("workflows");
  const builder = useBuilder();
  const nameOf = useNames();
  if (builder.problems.length === 0)
    return (
      <EmptyState
        icon={IconCircleCheck}
        title={t("builder.problems.none")}
        text={t("builder.problems.noneText")}
      />
    );
  return (
    <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {builder.problems.map((problem, index) => (
        <li key={`${problem.kind}:${problem.id}:${problem.field}:${index}`}>
          <UnstyledButton className={classes.problem} onClick={() => GO[problem.kind](builder, problem)}>
            <IconAlertCircle size={18} stroke={1.6} color="var(--mantine-color-red-filled)" aria-hidden />
            <span>
              <Text size="sm" fw={600} dir="auto" component="span" display="block">
                {nameOf(problem)}
              </Text>
              <Text size="sm" c="var(--wasl-muted)" dir="auto" component="span" display="block">
                {problem.message}
              </Text>
            </span>
          </UnstyledButton>
        </li>
      ))}
    </Stack>
  );
}
