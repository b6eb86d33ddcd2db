/** One figure: how much, and how that compares with the time before. All of it leads to the rows. */

import { Text } from "@mantine/core";
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import classes from "./dashboard.module.css";
import { compared, written } from "./figures";
import type { FigureReport } from "./queries";
import { RowsLink } from "./RowsLink";

const ARROWS = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconEqual } as const;

export function FigureCard({ figure }: { figure: FigureReport }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  return (
    <RowsLink rows={figure.now.rows.params} className={classes.card}>
      <Text size="sm" c="var(--wasl-muted)">
        {t(`figures.${figure.key}`)}
      </Text>
      <span className={classes.value}>{written(format, figure.unit, figure.now.value)}</span>
      <Change figure={figure} />
      {figure.now.p90 !== null && (
        <Text size="xs" c="var(--wasl-muted)">
          {t("p90", { time: format.duration(figure.now.p90 * 1000) })}
        </Text>
      )}
    </RowsLink>
  );
}

function Change({ figure }: { figure: FigureReport }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const change = compared(figure);
  if (change === null) return <span className={classes.change}>{t("change.none")}</span>;
  const Arrow = ARROWS[change.direction];
  const before = written(format, figure.unit, figure.previous.value);
  return (
    <span className={classes.change} data-welcome={change.welcome ?? undefined}>
      <Arrow size={15} stroke={1.8} aria-hidden />
      {change.direction === "same" ? (
        t("change.same")
      ) : change.share === null ? (
        t("change.new")
      ) : (
        <>
          <bdi>
            {format.number(change.share, {
              style: "percent",
              maximumFractionDigits: 0,
              signDisplay: "exceptZero",
            })}
          </bdi>
          <span>{t("change.before", { value: before })}</span>
        </>
      )}
    </span>
  );
}
