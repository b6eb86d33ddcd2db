/** The states of executions, steps and jobs: which sign and colour each has. Colour is never the only sign. */

import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClockPause,
  IconLogout,
  IconProgress,
  IconRefreshAlert,
} from "@tabler/icons-react";

const SIGNS = {
  running: [IconProgress, "blue"],
  waiting: [IconClockPause, "violet"],
  retrying: [IconRefreshAlert, "orange"],
  completed: [IconCircleCheck, "teal"],
  done: [IconCircleCheck, "teal"],
  exited: [IconLogout, "cyan"],
  failed: [IconAlertTriangle, "red"],
  stopped: [IconAlertTriangle, "red"],
  cancelled: [IconBan, "gray"],
} as const;

export type RunState = keyof typeof SIGNS;

export function isRunState(state: string): state is RunState {
  return Object.hasOwn(SIGNS, state);
}

export function signOf(state: RunState): (typeof SIGNS)[RunState] {
  return SIGNS[state];
}

const UNDER_WAY: ReadonlySet<string> = new Set<RunState>(["running", "waiting", "retrying"]);

/** Whether something in this state may still change by itself. */
export function isUnderWay(state: string): boolean {
  return UNDER_WAY.has(state);
}
