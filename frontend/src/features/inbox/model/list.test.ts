import { expect, test, vi } from "vitest";

import { conversationOf } from "./examples";
import { startList, withChanges, withPage, withPatched, type List } from "./list";

const ids = (list: List): string[] => list.rows.map(({ id }) => id);

/** c9 … c5, newest first, with more below. */
const top = (): List =>
  startList({
    results: [9, 8, 7, 6, 5].map((n) => conversationOf(`c${n}`, n)),
    next: "cursor-5",
    revision: 100,
  });
const nothing = { results: [], gone: [], revision: 200 };

test("a page goes below; what moved up meanwhile stays where it is", () => {
  const moved = withChanges(top(), { ...nothing, results: [conversationOf("c4", 20)] });
  expect(ids(moved)).toEqual(["c4", "c9", "c8", "c7", "c6", "c5"]);
  const page = { results: [conversationOf("c4", 4), conversationOf("c3", 3)], next: null, revision: 100 };
  const all = withPage(moved, page);
  expect(ids(all)).toEqual(["c4", "c9", "c8", "c7", "c6", "c5", "c3"]);
  // The page was asked for before the change: it has to be asked again from there.
  expect(all.revision).toBe(100);
});

test("a new message moves its conversation to the top", () => {
  expect(ids(withChanges(top(), { ...nothing, results: [conversationOf("c6", 30)] }))).toEqual([
    "c6",
    "c9",
    "c8",
    "c7",
    "c5",
  ]);
});

test("a change that moves nothing keeps all other rows as they are", () => {
  const before = top();
  const after = withChanges(before, { ...nothing, results: [conversationOf("c8", 8, { unread_count: 3 })] });
  expect(after.rows[1]?.unread_count).toBe(3);
  expect(after.rows[0]).toBe(before.rows[0]);
});

test("who does not belong any more leaves", () => {
  expect(ids(withChanges(top(), { ...nothing, gone: ["c8", "unknown"] }))).toEqual(["c9", "c7", "c6", "c5"]);
});

test("what lies below the loaded rows comes with its page, unless all are loaded", () => {
  const low = { ...nothing, results: [conversationOf("c1", 1)] };
  expect(ids(withChanges(top(), low))).not.toContain("c1");
  expect(ids(withChanges({ ...top(), next: null }, low)).at(-1)).toBe("c1");
});

test("the same changes twice, or old ones late, change nothing", () => {
  const changes = { results: [conversationOf("c6", 30)], gone: ["c8"], revision: 200 };
  const once = withChanges(top(), changes);
  expect(withChanges(once, changes)).toEqual(once);
  expect(withChanges(once, { ...nothing, revision: 150 }).revision).toBe(200);
});

test("equal times are ordered by id, as the server does", () => {
  const twins = startList({ results: [conversationOf("b", 1)], next: null, revision: 1 });
  const list = withChanges(twins, { ...nothing, results: [conversationOf("a", 1), conversationOf("c", 1)] });
  expect(ids(list)).toEqual(["c", "b", "a"]);
});

test("a patch touches one row", () => {
  const before = top();
  const after = withPatched(before, "c7", { status: "closed" });
  expect(after.rows.map((row, index) => row === before.rows[index])).toEqual([true, true, false, true, true]);
});

test("among fifty thousand rows a place is found by a few looks", () => {
  const results = Array.from({ length: 50_000 }, (_, n) => conversationOf(`c${50_000 - n}`, 50_000 - n));
  const list = startList({ results, next: null, revision: 1 });
  const looks = vi.spyOn(Date, "parse");
  const after = withChanges(list, { ...nothing, results: [conversationOf("c7", 60_000)] });
  expect(after.rows[0]?.id).toBe("c7");
  expect(looks.mock.calls.length).toBeLessThan(50);
});
