/** The code editor itself: CodeMirror with Wasl's looks, completions and problems in place. */

import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { liquid } from "@codemirror/lang-liquid";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder as placeholderText,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { useEffect, useEffectEvent, useImperativeHandle, useRef } from "react";

import { type CodeLanguage, variableCompletion } from "./completion";
import classes from "./Editor.module.css";
import { type CodeProblem, diagnosticsOf } from "./problems";
import type { VariableTree } from "./variables";

export interface CodeHandle {
  /** Puts text where the cursor is, in place of what is selected, and goes on there. */
  readonly insert: (text: string) => void;
}

export interface EditorProps {
  language: CodeLanguage;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  problems?: readonly CodeProblem[];
  variables?: VariableTree;
  /** What the editor is called for those who do not see it. */
  label?: string;
  /** The id of the text that describes it. */
  describedBy?: string;
  id?: string;
  placeholder?: string;
  disabled?: boolean;
  invalid?: boolean;
  /** One line: Enter does not break it, and there is no gutter. */
  singleLine?: boolean;
  handle?: React.Ref<CodeHandle>;
}

const NO_VARIABLES: VariableTree = [];
const NO_PROBLEMS: readonly CodeProblem[] = [];

/** Each line in the direction of its own first strong letter. */
const autoDirection = EditorView.decorations.of((view) => {
  const lines = [];
  for (let number = 1; number <= view.state.doc.lines; number += 1)
    lines.push(Decoration.line({ attributes: { dir: "auto" } }).range(view.state.doc.line(number).from));
  return Decoration.set(lines);
});

/** Text keeps its direction and wraps, and Tab goes on to the next field; code is left to right, and Tab indents it. */
const LANGUAGES: Readonly<Record<CodeLanguage, () => Extension>> = {
  liquid: () => [liquid(), EditorView.lineWrapping, EditorView.perLineTextDirection.of(true), autoDirection],
  python: () => [python(), indentUnit.of("    "), keymap.of([indentWithTab]), lineNumbers()],
  json: () => [
    json(),
    indentUnit.of("  "),
    keymap.of([indentWithTab]),
    lineNumbers(),
    EditorView.lineWrapping,
  ],
};

const oneLine = EditorState.transactionFilter.of((transaction) =>
  transaction.newDoc.lines > 1 ? [] : transaction,
);

function attributesOf({
  label,
  describedBy,
  id,
  invalid,
  singleLine,
  language,
}: EditorProps): Record<string, string> {
  return {
    ...(label === undefined ? {} : { "aria-label": label }),
    ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
    ...(id === undefined ? {} : { id }),
    ...(invalid === true ? { "aria-invalid": "true" } : {}),
    "aria-multiline": singleLine === true ? "false" : "true",
    ...(language === "liquid" ? {} : { dir: "ltr" }),
  };
}

function settingsOf(props: EditorProps): Extension {
  return [
    EditorState.readOnly.of(props.disabled === true),
    EditorView.editable.of(props.disabled !== true),
    EditorView.contentAttributes.of(attributesOf(props)),
    placeholderText(props.placeholder ?? ""),
  ];
}

export default function Editor(props: EditorProps) {
  const { language, value, problems = NO_PROBLEMS, singleLine = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const settings = useRef(new Compartment());

  const changed = useEffectEvent((text: string) => {
    if (text !== props.value) props.onChange(text);
  });
  const blurred = useEffectEvent(() => props.onBlur?.());
  const variables = useEffectEvent(() => props.variables ?? NO_VARIABLES);
  const firstState = useEffectEvent(() =>
    EditorState.create({
      doc: props.value,
      extensions: [
        history(),
        closeBrackets(),
        bracketMatching(),
        highlightSpecialChars(),
        syntaxHighlighting(classHighlighter),
        autocompletion({ override: [variableCompletion(language, () => variables())], icons: false }),
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        LANGUAGES[language](),
        singleLine ? oneLine : [],
        settings.current.of(settingsOf(props)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
          if (update.focusChanged && !update.view.hasFocus) blurred();
        }),
      ],
    }),
  );

  useEffect(() => {
    if (host.current === null) return;
    const made = new EditorView({ state: firstState(), parent: host.current });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [language, singleLine]);

  useEffect(() => {
    const current = view.current?.state.doc.toString();
    if (current !== undefined && current !== value)
      view.current?.dispatch({ changes: { from: 0, to: current.length, insert: value } });
  }, [value]);

  const { label, describedBy, id, placeholder, disabled, invalid } = props;
  const reconfigure = useEffectEvent(() =>
    view.current?.dispatch({ effects: settings.current.reconfigure(settingsOf(props)) }),
  );
  useEffect(() => {
    reconfigure();
  }, [label, describedBy, id, placeholder, disabled, invalid]);

  useEffect(() => {
    if (view.current !== null)
      view.current.dispatch(
        setDiagnostics(view.current.state, diagnosticsOf(view.current.state.doc, problems)),
      );
  }, [problems, value]);

  useImperativeHandle(props.handle, () => ({
    insert: (text) => {
      view.current?.dispatch(view.current.state.replaceSelection(text));
      view.current?.focus();
    },
  }));

  return (
    <div
      ref={host}
      className={classes.editor}
      data-single={singleLine || undefined}
      data-invalid={invalid === true || undefined}
      data-disabled={disabled === true || undefined}
      data-code={language !== "liquid" || undefined}
    />
  );
}
