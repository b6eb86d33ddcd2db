/** What the addresses of these pages hold: filters, and what is open. Pure. */

import type { Schema } from "@/lib/api";
import { idIn, numberIn, oneOf, present, textIn } from "@/lib/search";

export type ExecutionState = Schema<"ExecutionStateEnum">;
type ApprovalState = Schema<"Approval">["state"];

export const STATES: readonly ExecutionState[] = [
  "running",
  "waiting",
  "completed",
  "exited",
  "failed",
  "cancelled",
];
/** How far back lists can look, in days. */
export const PERIODS = [1, 7, 30, 90] as const;
const APPROVALS: readonly ApprovalState[] = ["pending", "approved", "rejected"];

type Period = (typeof PERIODS)[number];
type Given = Record<string, unknown>;

export interface ExecutionsSearch {
  workflow?: string;
  contact?: string;
  event?: string;
  state?: ExecutionState[];
  days?: Period;
}

export function executionsSearch(given: Given): ExecutionsSearch {
  const asked: unknown[] = Array.isArray(given.state) ? given.state : [given.state];
  const state = STATES.filter((each) => asked.includes(each));
  return present({
    workflow: idIn(given.workflow),
    contact: idIn(given.contact),
    event: idIn(given.event),
    state: state.length > 0 ? state : undefined,
    days: oneOf(PERIODS, given.days),
  });
}

export interface ExecutionSearch {
  /** Which step of the way is looked at, the first being 1; the last one when left out. */
  step?: number;
}

export function executionSearch(given: Given): ExecutionSearch {
  return present({ step: numberIn(given.step) });
}

export interface EventsSearch {
  type?: string;
  contact?: string;
  days?: Period;
}

export function eventsSearch(given: Given): EventsSearch {
  return present({
    type: textIn(given.type),
    contact: idIn(given.contact),
    days: oneOf(PERIODS, given.days),
  });
}

export interface ApprovalsSearch {
  state?: ApprovalState;
  /** Also those in which one is not asked oneself. */
  all?: boolean;
}

export function approvalsSearch(given: Given): ApprovalsSearch {
  return present({ state: oneOf(APPROVALS, given.state), all: given.all === true ? true : undefined });
}

const DAY_MS = 86_400_000;

/** The moment so many days ago, at the beginning of its minute, so that the same question is not asked anew each moment. */
export function daysAgo(days: number, now = Date.now()): string {
  return new Date(Math.floor((now - days * DAY_MS) / 60_000) * 60_000).toISOString();
}
