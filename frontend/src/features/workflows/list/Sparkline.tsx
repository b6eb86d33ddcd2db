/** Seven small bars: how many executions began on each day. */

import classes from "./list.module.css";

const BAR = 7;
const GAP = 2;
const HEIGHT = 22;

interface Props {
  values: readonly number[];
  /** What the bars say, in words. */
  label: string;
}

export function Sparkline({ values, label }: Props) {
  const most = Math.max(1, ...values);
  const width = values.length * (BAR + GAP) - GAP;
  return (
    // The newest day stands at the reading direction's end: the drawing is mirrored from right to left.
    <svg className={classes.sparkline} width={width} height={HEIGHT} role="img" aria-label={label}>
      {values.map((value, day) => {
        const height = value === 0 ? 2 : Math.max(3, (value / most) * HEIGHT);
        return (
          <rect
            key={day}
            className={classes.bar}
            data-empty={value === 0}
            x={day * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1.5}
          />
        );
      })}
    </svg>
  );
}
