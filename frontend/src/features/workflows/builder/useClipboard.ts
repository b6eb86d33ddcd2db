/** Copy, cut, paste and duplicate, over the system's clipboard, so that steps go from one workflow to another. */

import { useEffect, useEffectEvent } from "react";

import {
  fragmentOf,
  idIn,
  noteKey,
  paste,
  readFragment,
  writeFragment,
  type Point,
} from "@/components/graph";

import type { Builder } from "./useBuilder";

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest("input, textarea, select, [contenteditable=true], [role=dialog]") !== null;

/** Whether somebody has marked text on the page, which is then what they want to copy. */
const hasMarkedText = (): boolean => (window.getSelection()?.toString() ?? "") !== "";

function copied({ document, catalogue, selection }: Builder) {
  const notes = new Set([...selection].flatMap((key) => idIn("note", key) ?? []));
  const fragment = fragmentOf(document, selection, notes, catalogue);
  return fragment.nodes.length === 0 && notes.size === 0 ? null : fragment;
}

function pasteInto(builder: Builder, fragment: Parameters<typeof paste>[1], at?: Point): void {
  const { document, ids, noteIds } = paste(builder.document, fragment, builder.catalogue, at);
  builder.change(document);
  builder.select(new Set([...ids, ...noteIds.map(noteKey)]));
}

/** Makes the clipboard's keys work on the canvas. Gives what buttons need: a copy beside the original. */
export function useClipboard(builder: Builder): { duplicate: () => void } {
  const onCopy = useEffectEvent((event: ClipboardEvent) => {
    if (isWriting(event.target) || hasMarkedText()) return;
    const fragment = copied(builder);
    if (fragment === null) return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", writeFragment(fragment));
    if (event.type === "cut" && !builder.readOnly) builder.remove(builder.selection);
  });
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    if (builder.readOnly || isWriting(event.target)) return;
    const fragment = readFragment(event.clipboardData?.getData("text/plain") ?? "");
    if (fragment === null) return;
    event.preventDefault();
    pasteInto(builder, fragment);
  });
  useEffect(() => {
    const copy = (event: ClipboardEvent): void => onCopy(event);
    const put = (event: ClipboardEvent): void => onPaste(event);
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", put);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", put);
    };
  }, []);
  return {
    duplicate: () => {
      const fragment = copied(builder);
      if (fragment !== null && !builder.readOnly) pasteInto(builder, fragment);
    },
  };
}
