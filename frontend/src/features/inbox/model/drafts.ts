/** What somebody has begun to write, kept on this machine until it is sent. */

import type { Draft } from "./types";

const PREFIX = "wasl-draft:";
/** Older drafts make room. */
const KEPT = 200;

const EMPTY: Draft = { text: "", note: false };

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";
}

export function readDraft(conversationId: string, storage: Storage = localStorage): Draft {
  try {
    const value: unknown = JSON.parse(storage.getItem(PREFIX + conversationId) ?? "null");
    return isDraft(value) ? { ...EMPTY, ...value } : EMPTY;
  } catch {
    return EMPTY;
  }
}

/** An empty draft is none. */
export function keepDraft(conversationId: string, draft: Draft, storage: Storage = localStorage): void {
  const key = PREFIX + conversationId;
  try {
    storage.removeItem(key);
    if (draft.text.trim() === "") return;
    const others = Object.keys(storage).filter((each) => each.startsWith(PREFIX));
    others.slice(0, Math.max(0, others.length - KEPT + 1)).forEach((each) => storage.removeItem(each));
    storage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or forbidden storage: the draft lives as long as the page.
  }
}
