/** Completion of variables: inside `{{ … }}` and `{% … %}` in Liquid, anywhere in code. */

import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";

import { flatten, liquidPath, pythonPath, sampleText, type VariableTree } from "./variables";

export type CodeLanguage = "liquid" | "python" | "json";

/** Whether the end of `before` stands inside an open Liquid output or tag. */
export function insideLiquid(before: string): boolean {
  const opened = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
  const closed = Math.max(before.lastIndexOf("}}"), before.lastIndexOf("%}"));
  return opened > closed;
}

/** What is missing after an inserted path so that the output is closed. */
export function liquidClosing(before: string, after: string): string {
  const output = before.lastIndexOf("{{") > before.lastIndexOf("{%");
  const next = /^[^{}%]*(}}|%})/.test(after);
  return next ? "" : output ? " }}" : " %}";
}

function insertLiquid(path: string) {
  return (view: EditorView, _completion: Completion, from: number, to: number): void => {
    const { doc } = view.state;
    const before = doc.sliceString(Math.max(0, from - 500), from);
    const padding = /[{%]$/.test(before) ? " " : "";
    const closing = liquidClosing(before, doc.sliceString(to, to + 200));
    view.dispatch({
      changes: { from, to, insert: padding + path + closing },
      selection: { anchor: from + padding.length + path.length },
      userEvent: "input.complete",
    });
  };
}

const WRITE: Readonly<Record<CodeLanguage, (path: string) => Pick<Completion, "apply" | "label">>> = {
  liquid: (path) => ({ label: liquidPath(path), apply: insertLiquid(liquidPath(path)) }),
  python: (path) => ({ label: pythonPath(path) }),
  json: (path) => ({ label: path }),
};

/** A source of completions that offers `variables()` as they stand when it is asked. */
export function variableCompletion(language: CodeLanguage, variables: () => VariableTree): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w.'"[\]-]*$/);
    const from = word?.from ?? context.pos;
    const before = context.state.doc.sliceString(Math.max(0, from - 500), from);
    if (language === "liquid" && !insideLiquid(before)) return null;
    const opening = language === "liquid" && /({{|{%)\s*$/.test(before);
    if (from === context.pos && !context.explicit && !opening) return null;
    const options = flatten(variables()).map((variable) => ({
      ...WRITE[language](variable.path),
      detail: sampleText(variable.sample),
      info: variable.title,
      type: "variable",
    }));
    return options.length > 0 ? { from, options, validFor: /^[\w.'"[\]-]*$/ } : null;
  };
}
