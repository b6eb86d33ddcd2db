import { describe, expect, test } from "vitest";

import { messageBody } from "./body";
import { messageOf, messagesOf, pieceOf } from "./examples";
import {
  gapsOf,
  isBehind,
  shownPending,
  startThread,
  withChanges,
  withOlder,
  withoutPending,
  withPending,
  withSent,
  type Pending,
  type Thread,
} from "./thread";

const ME = "member:7";
const seqs = (thread: Thread): number[] => thread.messages.map(({ seq }) => seq);
const newest = (): Thread => startThread(pieceOf(messagesOf(11, 20), 500, true));

function pendingOf(key: string, text: string, changes: Partial<Pending> = {}): Pending {
  return {
    key,
    text,
    body: messageBody({ text }),
    kind: "message",
    createdAt: "2026-03-20T10:00:00Z",
    after: 20,
    mentions: [],
    files: [],
    error: "",
    ...changes,
  };
}

describe("pieces", () => {
  test("older pieces go before, overlapping ones make no duplicates", () => {
    const thread = withOlder(newest(), pieceOf(messagesOf(1, 12), 510));
    expect(seqs(thread)).toEqual(messagesOf(1, 20).map(({ seq }) => seq));
    expect(thread.older).toBe(false);
  });

  test("an older piece that was overtaken by a change does not undo it, and what it may lack is asked for", () => {
    const changed = withChanges(newest(), pieceOf([messageOf(15, { text: "معدّلة" })], 600));
    const thread = withOlder(changed, pieceOf(messagesOf(5, 15), 550, true));
    expect(thread.messages.find(({ seq }) => seq === 15)?.text).toBe("معدّلة");
    // The piece was read before the changes: from there on it has to be asked again.
    expect(thread.revision).toBe(550);
  });
});

describe("changes", () => {
  test("the same change twice is the same thread", () => {
    const change = pieceOf([messageOf(21)], 600);
    const once = withChanges(newest(), change);
    expect(withChanges(once, change)).toEqual(once);
  });

  test("an old message that was edited changes in its place", () => {
    const thread = withChanges(newest(), pieceOf([messageOf(12, { text: "سلام", revision: 600 })], 600));
    expect(thread.messages[1]?.text).toBe("سلام");
    expect(seqs(thread)).toEqual(seqs(newest()));
  });

  test("a message from before the loaded ones waits for its own piece", () => {
    const thread = withChanges(newest(), pieceOf([messageOf(3), messageOf(21)], 600));
    expect(seqs(thread)[0]).toBe(11);
    expect(seqs(thread).at(-1)).toBe(21);
  });

  test("with all loaded, the first ones are changed too", () => {
    const whole = startThread(pieceOf(messagesOf(1, 3), 500));
    const thread = withChanges(whole, pieceOf([messageOf(1, { revoked_at: "2026-03-20T11:00:00Z" })], 600));
    expect(thread.messages[0]?.revoked_at).not.toBeNull();
  });

  test("an answer that comes late does not take the thread back", () => {
    const ahead = withChanges(newest(), pieceOf([messageOf(22), messageOf(21)], 700));
    expect(withChanges(ahead, pieceOf([messageOf(21)], 600)).revision).toBe(700);
    expect(seqs(ahead).slice(-2)).toEqual([21, 22]);
  });
});

describe("gaps", () => {
  test("a gap is found, and is none when it has been filled", () => {
    const holed = withChanges(newest(), pieceOf([messageOf(24)], 600));
    expect(gapsOf(holed)).toEqual([[20, 24]]);
    expect(gapsOf(withOlder(holed, pieceOf(messagesOf(21, 23), 600)))).toEqual([]);
  });

  test("hints: news, changes and what is known already, in any order", () => {
    const thread = newest();
    expect(isBehind(thread, { id: "c1", seq: 21, revision: 490 })).toBe(true);
    expect(isBehind(thread, { id: "c1", seq: 20, revision: 501 })).toBe(true);
    expect(isBehind(thread, { id: "c1", seq: 20, revision: 499 })).toBe(false);
    expect(isBehind(thread, { id: "c1", seq: 19 })).toBe(true);
  });

  test("after a dropped socket one answer brings all that was missed", () => {
    const missed = [messageOf(14, { state: "read" }), ...messagesOf(21, 25)];
    const thread = withChanges(newest(), pieceOf(missed, 900));
    expect(seqs(thread)).toEqual(messagesOf(11, 25).map(({ seq }) => seq));
    expect(gapsOf(thread)).toEqual([]);
    expect(thread.messages[3]?.state).toBe("read");
  });
});

describe("messages on their way", () => {
  const own = (seq: number, text: string) => messageOf(seq, { direction: "out", author: ME, text });

  test("the server's message takes the place of the one that was shown", () => {
    const waiting = withPending(newest(), pendingOf("k1", "مرحبا"));
    expect(shownPending(waiting, ME)).toHaveLength(1);
    const sent = withSent(waiting, "k1", [own(21, "مرحبا")]);
    expect(sent.pending).toEqual([]);
    expect(seqs(sent).at(-1)).toBe(21);
  });

  test("nothing stands there twice when the changes come before the answer", () => {
    const waiting = withPending(newest(), pendingOf("k1", "مرحبا"));
    const told = withChanges(waiting, pieceOf([own(21, "مرحبا")], 600));
    expect(shownPending(told, ME)).toEqual([]);
    // The answer is older than what the changes said by now.
    const read = withChanges(told, pieceOf([{ ...own(21, "مرحبا"), state: "read" }], 700));
    expect(withSent(read, "k1", [own(21, "مرحبا")]).messages.at(-1)?.state).toBe("read");
  });

  test("the same words twice are two messages", () => {
    const first = withPending(newest(), pendingOf("k1", "نعم"));
    const both = withPending(first, pendingOf("k2", "نعم"));
    const told = withChanges(both, pieceOf([own(21, "نعم")], 600));
    expect(shownPending(told, ME)).toHaveLength(1);
  });

  test("what somebody else wrote, or what I wrote before, is not mine on its way", () => {
    const waiting = withPending(newest(), pendingOf("k1", "نعم"));
    const told = withChanges(
      waiting,
      pieceOf([{ ...own(21, "نعم"), author: "member:8" }, own(12, "نعم")], 600),
    );
    expect(shownPending(told, ME)).toHaveLength(1);
  });

  test("what failed stays until it is sent again or discarded", () => {
    const failed = withPending(newest(), pendingOf("k1", "نعم", { error: "offline" }));
    expect(shownPending(withChanges(failed, pieceOf([own(21, "نعم")], 600)), ME)).toHaveLength(1);
    expect(withPending(failed, pendingOf("k1", "نعم")).pending).toHaveLength(1);
    expect(withoutPending(failed, "k1").pending).toEqual([]);
  });
});
