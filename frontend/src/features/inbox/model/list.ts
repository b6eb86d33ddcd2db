/**
 * A list of conversations as the browser knows it: the newest ones down to where it was scrolled, kept in order. Pure.
 *
 * Pages and changes may overtake one another: the list asks for changes from the oldest answer that it took in.
 */

import type { Conversation, ConversationChanges, ConversationPage } from "./types";

export interface List {
  /** The most recently active first. */
  readonly rows: readonly Conversation[];
  /** Where the next page begins; `null` when all are here. */
  readonly next: string | null;
  /** From where to ask for what changed. */
  readonly revision: number;
}

export function startList(page: ConversationPage): List {
  return { rows: page.results, next: page.next, revision: page.revision };
}

/** Which of two stands first: the one in which something was said later; the id decides between equals. */
function inOrder(one: Conversation, other: Conversation): number {
  const times =
    Date.parse(other.last_message_at ?? other.created_at) - Date.parse(one.last_message_at ?? one.created_at);
  if (times !== 0) return times;
  return one.id < other.id ? 1 : one.id > other.id ? -1 : 0;
}

/** With the page that begins where the list ends. Rows that moved up meanwhile stay where they are. */
export function withPage(list: List, page: ConversationPage): List {
  const known = new Set(list.rows.map((row) => row.id));
  const fresh = page.results.filter((row) => !known.has(row.id));
  return {
    rows: [...list.rows, ...fresh],
    next: page.next,
    revision: Math.min(list.revision, page.revision),
  };
}

/** Where a row belongs among rows that are in order. */
function placeOf(rows: readonly Conversation[], row: Conversation): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const there = rows[middle];
    if (there !== undefined && inOrder(there, row) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * With what changed: `results` are of this list, `gone` are not (any more). Rows beyond the end of what is loaded come with
 * their page.
 */
export function withChanges(list: List, changes: ConversationChanges): List {
  const next = { ...list, revision: Math.max(list.revision, changes.revision) };
  const changed = new Map(changes.results.map((row) => [row.id, row]));
  const gone = new Set(changes.gone);
  let moved = changed.size;
  let left = false;
  for (const row of list.rows) {
    if (gone.has(row.id)) left = true;
    if (changed.get(row.id)?.last_message_at === row.last_message_at) moved--;
  }
  if (moved === 0) {
    if (changed.size === 0 && !left) return next;
    const staying = left ? list.rows.filter((row) => !gone.has(row.id)) : list.rows;
    return { ...next, rows: staying.map((row) => changed.get(row.id) ?? row) };
  }
  const rows = list.rows.filter((row) => !changed.has(row.id) && !gone.has(row.id));
  for (const row of changed.values()) {
    const place = placeOf(rows, row);
    if (place < rows.length || list.next === null) rows.splice(place, 0, row);
  }
  return { ...next, rows };
}

/** With one row changed in place, before the server has said so. */
export function withPatched(list: List, id: string, patch: Partial<Conversation>): List {
  return { ...list, rows: list.rows.map((row) => (row.id === id ? { ...row, ...patch } : row)) };
}
