/** The code editor, fetched when the first one is shown, with the variable picker beside it. */

import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useRef } from "react";

import classes from "./CodeEditor.module.css";
import type { CodeLanguage } from "./completion";
import type { CodeHandle, EditorProps } from "./Editor";
import { VariablePicker } from "./VariablePicker";
import { liquidPath, pythonPath } from "./variables";

const Editor = lazy(() => import("./Editor"));

const WRITTEN: Readonly<Record<CodeLanguage, (path: string) => string>> = {
  liquid: (path) => `{{ ${liquidPath(path)} }}`,
  python: pythonPath,
  json: (path) => `"{{ ${liquidPath(path)} }}"`,
};

export type CodeEditorProps = Omit<EditorProps, "handle">;

export function CodeEditor(props: CodeEditorProps) {
  const { language, singleLine = false, variables, disabled = false } = props;
  const editor = useRef<CodeHandle>(null);
  const pickable = !disabled && variables !== undefined && variables.length > 0;
  return (
    <div
      className={classes.wrapper}
      data-pickable={pickable || undefined}
      data-single={singleLine || undefined}
      data-code={language !== "liquid" || undefined}
    >
      <Suspense fallback={<Skeleton height={singleLine ? 36 : 86} />}>
        <Editor {...props} handle={editor} />
      </Suspense>
      {pickable && (
        <div className={classes.picker}>
          <VariablePicker
            variables={variables}
            onPick={(variable) => editor.current?.insert(WRITTEN[language](variable.path))}
          />
        </div>
      )}
    </div>
  );
}
