/** Undo and redo: a pure history of documents, in which changes of one kind that follow closely are one. */

export interface History<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
  /** What was changed last, and when, to tell what belongs together. */
  readonly last: { readonly key: string; readonly at: number } | null;
}

export type HistoryAction<State> =
  /** A change. Those with the same `key` within a second and a half are undone together; an empty key never is. */
  | { readonly type: "change"; readonly to: State; readonly key: string; readonly at: number }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  /** Another document altogether: what was before cannot be undone into it. */
  | { readonly type: "reset"; readonly to: State };

const TOGETHER_MS = 1500;
const LONGEST = 200;

export function historyOf<State>(present: State): History<State> {
  return { past: [], present, future: [], last: null };
}

type Step<State, Type> = (
  history: History<State>,
  action: Extract<HistoryAction<State>, { type: Type }>,
) => History<State>;

function change<State>(
  history: History<State>,
  { to, key, at }: Extract<HistoryAction<State>, { type: "change" }>,
): History<State> {
  if (to === history.present) return history;
  const { last } = history;
  const joins = key !== "" && last?.key === key && at - last.at < TOGETHER_MS && history.past.length > 0;
  const past = joins ? history.past : [...history.past, history.present].slice(-LONGEST);
  return { past, present: to, future: [], last: { key, at } };
}

function undo<State>(history: History<State>): History<State> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    last: null,
  };
}

function redo<State>(history: History<State>): History<State> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future, last: null };
}

/** The history after an action. */
export function historyReducer<State>(history: History<State>, action: HistoryAction<State>): History<State> {
  const steps: { [Type in HistoryAction<State>["type"]]: Step<State, Type> } = {
    change,
    undo,
    redo,
    reset: (_, { to }) => historyOf(to),
  };
  // The action's own type chose the step, which TypeScript cannot follow.
  return (steps[action.type] as Step<State, HistoryAction<State>["type"]>)(history, action);
}
