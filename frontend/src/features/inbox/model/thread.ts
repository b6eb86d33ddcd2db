/**
 * A thread as the browser knows it: pieces of messages put together, changes applied, gaps found. Pure.
 *
 * Every answer says from which revision to go on. Answers may overtake one another, so the thread goes on from the oldest
 * of them: it may be told something twice, but misses nothing.
 */

import type { ConversationHint, Message, MessagePiece, NewMessage } from "./types";

/** A message that this browser sends, until the server's own takes its place. */
export interface Pending {
  /** The idempotency key under which it is sent, however often. */
  readonly key: string;
  readonly body: NewMessage;
  readonly text: string;
  readonly kind: "message" | "note";
  /** Who is mentioned in a note. */
  readonly mentions: readonly string[];
  readonly createdAt: string;
  /** The newest message that was there when it was written. */
  readonly after: number;
  /** Names of the files that go along. */
  readonly files: readonly string[];
  /** Why it did not reach the server; empty while it is on its way. */
  readonly error: string;
}

export interface Thread {
  /** By `seq`, the oldest first, none twice. */
  readonly messages: readonly Message[];
  /** Whether there are earlier ones than the first. */
  readonly older: boolean;
  /** From where to ask for what changed. */
  readonly revision: number;
  readonly pending: readonly Pending[];
}

export function startThread(piece: MessagePiece): Thread {
  return { messages: piece.results, older: piece.more, revision: piece.revision, pending: [] };
}

/** Puts messages into their places; what is there already stays unless `replace`. */
function merged(
  known: readonly Message[],
  found: readonly Message[],
  { replace }: { replace: boolean },
): readonly Message[] {
  if (found.length === 0) return known;
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of found) if (replace || !bySeq.has(message.seq)) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** With an earlier piece. What is known already is at least as new as what an older answer says of it. */
export function withOlder(thread: Thread, piece: MessagePiece): Thread {
  return {
    ...thread,
    messages: merged(thread.messages, piece.results, { replace: false }),
    older: piece.more,
    revision: Math.min(thread.revision, piece.revision),
  };
}

/** With what changed: new messages, and old ones that were edited, deleted, delivered. */
export function withChanges(thread: Thread, piece: MessagePiece): Thread {
  const first = thread.messages[0]?.seq ?? 0;
  // What lies before the first loaded one comes with its own piece; alone it would leave a hole.
  const shown = thread.older ? piece.results.filter((message) => message.seq >= first) : piece.results;
  return {
    ...thread,
    messages: merged(thread.messages, shown, { replace: true }),
    revision: Math.max(thread.revision, piece.revision),
  };
}

/** The missing numbers between the loaded messages, as pairs of the numbers around them. */
export function gapsOf(thread: Thread): readonly (readonly [number, number])[] {
  return thread.messages.flatMap((message, index) => {
    const before = thread.messages[index - 1];
    return before !== undefined && message.seq > before.seq + 1 ? [[before.seq, message.seq] as const] : [];
  });
}

/** Whether a hint tells of something that is not here, or may have changed. */
export function isBehind(thread: Thread, hint: ConversationHint): boolean {
  return hint.seq > lastSeq(thread) || hint.revision === undefined || hint.revision >= thread.revision;
}

export function lastSeq(thread: Thread): number {
  return thread.messages.at(-1)?.seq ?? 0;
}

export function withPending(thread: Thread, pending: Pending): Thread {
  const others = thread.pending.filter(({ key }) => key !== pending.key);
  return { ...thread, pending: [...others, pending] };
}

export function withoutPending(thread: Thread, key: string): Thread {
  return { ...thread, pending: thread.pending.filter((each) => each.key !== key) };
}

/** The server has it: its own messages take the place of what was shown meanwhile. */
export function withSent(thread: Thread, key: string, messages: readonly Message[]): Thread {
  return {
    ...withoutPending(thread, key),
    // The changes may have brought a newer state of them already.
    messages: merged(thread.messages, messages, { replace: false }),
  };
}

function isSame(message: Message, pending: Pending, me: string): boolean {
  return (
    message.seq > pending.after &&
    message.author === me &&
    (message.direction === "note") === (pending.kind === "note") &&
    message.text.trim() === pending.text.trim()
  );
}

/**
 * What is to be shown as on its way: without what the changes have brought before the sending call was answered, so that
 * nothing stands there twice. `me` is how messages name this member as their author.
 */
export function shownPending(thread: Thread, me: string): readonly Pending[] {
  const taken = new Set<number>();
  return thread.pending.filter((pending) => {
    if (pending.error !== "") return true;
    const arrived = thread.messages.findLast(
      (message) => !taken.has(message.seq) && isSame(message, pending, me),
    );
    if (arrived !== undefined) taken.add(arrived.seq);
    return arrived === undefined;
  });
}
