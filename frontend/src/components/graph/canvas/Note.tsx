/** A comment on the canvas, for those who read the workflow; the engine never sees it. */

import { NodeResizer, type NodeProps } from "@xyflow/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { NoteNode } from "../flow";
import { idIn } from "../layout";
import classes from "../graph.module.css";
import { useCanvas } from "./context";

export function Note({ id, data, selected }: NodeProps<NoteNode>) {
  const { t } = useTranslation("graph");
  const { editor, rtl } = useCanvas();
  const [draft, setDraft] = useState<string | null>(null);
  const noteId = idIn("note", id) ?? id;
  if (editor === undefined)
    return (
      <div className={classes.comment} dir="auto">
        {data.text}
      </div>
    );
  return (
    <>
      <NodeResizer
        isVisible={selected}
        minWidth={140}
        minHeight={72}
        onResizeEnd={(_, { width, height }) => editor.onNoteSize(noteId, { width, height })}
      />
      <textarea
        className={`${classes.comment} nowheel`}
        dir={data.text === "" ? (rtl ? "rtl" : "ltr") : "auto"}
        aria-label={t("comment")}
        placeholder={t("commentPlaceholder")}
        maxLength={2000}
        value={draft ?? data.text}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => {
          if (draft !== null && draft !== data.text) editor.onNote(noteId, draft);
          setDraft(null);
        }}
      />
    </>
  );
}
