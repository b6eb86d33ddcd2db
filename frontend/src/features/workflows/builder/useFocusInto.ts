/** Brings the keys to a field of the dock, once it is drawn. */

import { useEffect, useRef } from "react";

import type { Dock } from "./useBuilder";

const FOCUSABLE =
  'input:not([type="hidden"]):not([disabled]), textarea:not([disabled]), [contenteditable="true"], select, [role="combobox"]';
/** Forms and editors are fetched on demand: how long to look for the field. */
const PATIENCE_MS = 5000;
const LOOK_MS = 80;

function fieldIn(box: HTMLElement, path: string): HTMLElement | null {
  if (path === "") return box.querySelector<HTMLElement>(`[data-first] :is(${FOCUSABLE})`);
  // The field itself, or the nearest around it that is drawn.
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const name = CSS.escape(at);
    const found = box.querySelector<HTMLElement>(`[data-field="${name}"], [data-path="${name}"]`);
    if (found !== null) return found.matches(FOCUSABLE) ? found : found.querySelector<HTMLElement>(FOCUSABLE);
  }
  return box.querySelector<HTMLElement>('[aria-invalid="true"]');
}

/** A box into which the keys go whenever the dock asks for it. */
export function useFocusInto(dock: Dock): React.RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const wanted = (dock.kind === "card" && dock.focus) || (dock.kind === "settings" && dock.field !== "");
  const path = "field" in dock ? dock.field : "";
  useEffect(() => {
    if (!wanted) return;
    const until = Date.now() + PATIENCE_MS;
    const timer = setInterval(() => {
      const field = box.current === null ? null : fieldIn(box.current, path);
      if (field === null && Date.now() < until) return;
      clearInterval(timer);
      field?.focus();
      field?.scrollIntoView({ block: "nearest" });
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [dock, wanted, path]);
  return box;
}
