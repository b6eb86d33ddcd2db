/** What a predicate came to, line by line: what was asked, what was there, and whether it held. */

import { Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";

import classes from "./run.module.css";

type Explanation = Schema<"Explanation">;

const SIGNS = {
  true: [IconCheck, "teal"],
  false: [IconX, "red"],
  error: [IconAlertTriangle, "orange"],
} as const;

/** Values come written as code: the quotes around a text help nobody. */
function plain(value: string): string {
  return /^'.*'$/s.test(value) ? value.slice(1, -1) : value;
}

export function PredicateExplanation({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation("run");
  if (explanation.kind === undefined) {
    return (
      <Text size="sm" c="var(--wasl-muted)">
        {t("predicate.everything")}
      </Text>
    );
  }
  return (
    <ul className={classes.predicate}>
      <Line line={explanation} />
    </ul>
  );
}

function Line({ line }: { line: Explanation }) {
  const { t } = useTranslation("run");
  const result = line.result ?? "error";
  const [Sign, color] = SIGNS[result];
  return (
    <li>
      <div className={classes.line} data-result={result}>
        <Sign
          size={15}
          stroke={2}
          className={classes.sign}
          data-color={color}
          role="img"
          aria-label={t(`predicate.${result}`)}
        />
        {line.kind === undefined || line.kind === "comparison" ? (
          <Comparison line={line} />
        ) : (
          <Text size="sm" fw={600}>
            {t(`predicate.${line.kind}`)}
          </Text>
        )}
      </div>
      {line.children.length > 0 && (
        <ul className={classes.predicate}>
          {line.children.map((child) => (
            <Line key={child.pointer} line={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Comparison({ line }: { line: Explanation }) {
  const { t, i18n } = useTranslation("run");
  const op = line.op ?? "";
  const word = i18n.exists(`op.${op}`, { ns: "run" }) ? t(`op.${op}`) : op.replaceAll("_", " ");
  return (
    <Text size="sm" component="div" className={classes.comparison}>
      <code className="ltr">{line.field}</code> {word}{" "}
      {line.expected != null && <bdi className={classes.expected}>{plain(line.expected)}</bdi>}
      <Text size="xs" c="var(--wasl-muted)" component="div">
        {line.reason != null ? (
          <span dir="auto">{line.reason}</span>
        ) : (
          <>
            {t("predicate.actual")} <bdi>{plain(line.actual ?? "—")}</bdi>
          </>
        )}
      </Text>
    </Text>
  );
}
