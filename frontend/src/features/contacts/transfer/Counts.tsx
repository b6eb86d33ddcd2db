/** The rows of a run by what became of them, or would become. */

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Job } from "../model";
import { countsOf } from "./steps";
import classes from "./transfer.module.css";

export function Counts({ job, isTrial }: { job: Job; isTrial: boolean }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  return (
    <div className={classes.counts} aria-live="polite">
      {countsOf(job).map(([name, number]) => (
        <div key={name} className={classes.count}>
          <div className={classes.number}>{format.number(number)}</div>
          <Text size="sm" c="var(--wasl-muted)">
            {t(`import.${isTrial ? "would" : "did"}.${name}`)}
          </Text>
        </div>
      ))}
    </div>
  );
}
