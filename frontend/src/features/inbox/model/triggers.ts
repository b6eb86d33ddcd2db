/** What somebody is about to write: a canned reply after `/`, a colleague after `@`. Pure. */

export interface Trigger {
  readonly sign: "/" | "@";
  /** What was typed after the sign. */
  readonly query: string;
  /** Where the sign stands in the text. */
  readonly start: number;
}

const TRIGGER = /(?:^|\s)([/@])([^\s/@]{0,40})$/u;

/** The trigger that ends at the caret, if it is one of `signs`. */
export function triggerAt(text: string, caret: number, signs: string): Trigger | null {
  const match = TRIGGER.exec(text.slice(0, caret));
  const [, sign, query = ""] = match ?? [];
  if ((sign !== "/" && sign !== "@") || !signs.includes(sign)) return null;
  return { sign, query, start: caret - query.length - 1 };
}

/** The text with the trigger replaced, and where the caret goes. */
export function replaced(text: string, trigger: Trigger, by: string): { text: string; caret: number } {
  const end = trigger.start + 1 + trigger.query.length;
  return { text: text.slice(0, trigger.start) + by + text.slice(end), caret: trigger.start + by.length };
}
