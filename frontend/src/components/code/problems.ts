/** Problems with their places in a text, as the editor underlines them. */

import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";

export interface CodeProblem {
  /** Counted from 1; a line beyond the text is its last. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  readonly message: string;
}

/** The problems as the editor wants them: each marks its word, or the whole line where there is none. */
export function diagnosticsOf(doc: Text, problems: readonly CodeProblem[]): Diagnostic[] {
  return problems.map(({ line, column, message }) => {
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
    const word = /^\S+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
    return word > 0
      ? { from, to: from + word, severity: "error", message }
      : { from: at.from, to: at.to, severity: "error", message };
  });
}
