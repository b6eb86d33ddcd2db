/** The state of an execution, a step or a job: a coloured sign and the word. */

import { useTranslation } from "react-i18next";

import classes from "./run.module.css";
import { isRunState, signOf } from "./states";

interface Props {
  state: string;
  /** Only the sign; the word is still read out. */
  compact?: boolean;
}

export function StateLabel({ state, compact = false }: Props) {
  const { t } = useTranslation("run");
  if (!isRunState(state)) return <span className={classes.state}>{state}</span>;
  const [Sign, color] = signOf(state);
  const word = t(`state.${state}`);
  return (
    <span className={classes.state} title={compact ? word : undefined}>
      <Sign
        size={16}
        stroke={1.8}
        className={classes.sign}
        data-color={color}
        aria-label={compact ? word : undefined}
        role={compact ? "img" : undefined}
        aria-hidden={!compact}
      />
      {!compact && word}
    </span>
  );
}
