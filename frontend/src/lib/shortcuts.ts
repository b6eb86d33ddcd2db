/** Keys: who listens to which, so that pages can add theirs and one sheet shows all that work now. */

import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export interface Shortcut {
  /** `c`, `mod+k`, `shift+?`, or two keys one after the other: `g i`. `mod` is ⌘ on a Mac, Ctrl elsewhere. */
  readonly keys: string;
  /** What it does, translated. */
  readonly label: string;
  /** Under which heading the help sheet shows it, translated. */
  readonly group: string;
  readonly run: () => void;
  /** Whether it also works while somebody writes; never for plain letters. */
  readonly whileTyping?: boolean;
}

const SEQUENCE_MS = 1200;
const listeners = new Set<() => void>();
let active: readonly Shortcut[] = [];
let pending = "";
let pendingUntil = 0;

function setActive(next: readonly Shortcut[]): void {
  active = next;
  listeners.forEach((tell) => tell());
}

/** A pressed key in the notation of {@link Shortcut.keys}; by the key's place where the layout has no Latin letters. */
export function keyOf(
  event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const latin = /^[\x20-\x7e]$/.test(event.key);
  const key = (!latin && letter !== undefined && event.key.length === 1 ? letter : event.key).toLowerCase();
  const modifiers = [event.ctrlKey || event.metaKey ? "mod" : "", event.altKey ? "alt" : ""];
  // For signs the shift is in the key itself already.
  if (event.shiftKey && (key.length > 1 || letter !== undefined)) modifiers.push("shift");
  return [...modifiers.filter(Boolean), key].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = keyOf(event);
  const sequence = Date.now() < pendingUntil ? `${pending} ${key}` : key;
  const typing = isTyping(event.target);
  // The one added last stands nearest to what is shown.
  const found = active.findLast((each) => each.keys === sequence && (!typing || each.whileTyping === true));
  if (found !== undefined) {
    event.preventDefault();
    pendingUntil = 0;
    found.run();
    return;
  }
  const begins = !typing && active.some((each) => each.keys.startsWith(`${key} `));
  pending = begins ? key : "";
  pendingUntil = begins ? Date.now() + SEQUENCE_MS : 0;
}

/** Lets these keys work while the component is shown. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((index: number) => shortcuts[index]?.run());
  // What they are called may change with the language; what they do is looked up when they are pressed.
  const identity = JSON.stringify(
    shortcuts.map(({ keys, label, group, whileTyping }) => [keys, label, group, whileTyping]),
  );
  useEffect(() => {
    const known = JSON.parse(identity) as [string, string, string, boolean | null][];
    const mine = known.map(([keys, label, group, whileTyping], index): Shortcut => {
      return { keys, label, group, whileTyping: whileTyping === true, run: () => run(index) };
    });
    if (active.length === 0) window.addEventListener("keydown", onKeyDown);
    setActive([...active, ...mine]);
    return () => {
      setActive(active.filter((each) => !mine.includes(each)));
      if (active.length === 0) window.removeEventListener("keydown", onKeyDown);
    };
  }, [identity]);
}

/** Every key that works now, for the help sheet. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => active,
  );
}
