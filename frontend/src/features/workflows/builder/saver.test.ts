import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Saver, type SaveResult, type SaveState } from "./saver";

interface Changes {
  draft?: string;
  name?: string;
}

/** A server that answers when it is told to. */
function world() {
  const calls: { changes: Changes; revision: number; answer: (result: SaveResult) => void }[] = [];
  const states: SaveState[] = [];
  const saver = new Saver<Changes>({
    revision: 1,
    save: (changes, revision) => new Promise((answer) => calls.push({ changes, revision, answer })),
    onState: (state) => states.push(state),
    quiet: 100,
    retry: 1000,
  });
  const answer = async (result: SaveResult): Promise<void> => {
    calls.at(-1)?.answer(result);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { saver, calls, states, answer };
}

const failed = (reason: "offline" | "conflict" | "refused"): SaveResult => ({ failed: reason, error: null });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what is changed quickly is saved once, with the revision that was read", async () => {
  const { saver, calls, answer } = world();
  saver.change({ draft: "a" });
  await vi.advanceTimersByTimeAsync(60);
  saver.change({ draft: "b", name: "خوش‌آمد" });
  await vi.advanceTimersByTimeAsync(60);
  expect(calls).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(60);
  expect(calls).toMatchObject([{ changes: { draft: "b", name: "خوش‌آمد" }, revision: 1 }]);
  await answer({ revision: 2 });
  expect([saver.state, saver.revision]).toEqual(["saved", 2]);
});

test("a change during a call waits for it, and goes out with the revision that came of it", async () => {
  const { saver, calls, answer } = world();
  saver.change({ draft: "a" });
  await vi.advanceTimersByTimeAsync(100);
  saver.change({ draft: "b" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(calls).toHaveLength(1);
  await answer({ revision: 2 });
  expect(calls).toMatchObject([{}, { changes: { draft: "b" }, revision: 2 }]);
});

test("without a connection it is tried again, with what was changed meanwhile", async () => {
  const { saver, calls, answer } = world();
  saver.change({ draft: "a", name: "x" });
  await vi.advanceTimersByTimeAsync(100);
  saver.change({ draft: "b" });
  await answer(failed("offline"));
  expect(saver.state).toBe("offline");
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toMatchObject([{}, { changes: { draft: "b", name: "x" }, revision: 1 }]);
});

test("in a conflict nothing is saved until it is settled", async () => {
  const { saver, calls, answer } = world();
  saver.change({ draft: "mine" });
  await vi.advanceTimersByTimeAsync(100);
  await answer(failed("conflict"));
  saver.change({ draft: "mine, too" });
  await vi.advanceTimersByTimeAsync(60_000);
  await saver.flush();
  expect([saver.state, calls.length]).toEqual(["conflict", 1]);

  const settled = saver.overwrite(7);
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toMatchObject([{}, { changes: { draft: "mine, too" }, revision: 7 }]);
  await answer({ revision: 8 });
  await settled;
  expect(saver.state).toBe("saved");
});

test("taking theirs forgets ours", async () => {
  const { saver, calls } = world();
  saver.change({ draft: "mine" });
  saver.block();
  saver.adopt(4);
  await vi.advanceTimersByTimeAsync(5000);
  expect([saver.state, saver.revision, saver.unsaved, calls.length]).toEqual(["saved", 4, null, 0]);
});

test("what the server refuses is kept, and sent again with the next change", async () => {
  const { saver, calls, answer } = world();
  saver.change({ draft: "bad" });
  await vi.advanceTimersByTimeAsync(100);
  await answer(failed("refused"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([saver.state, calls.length, saver.unsaved]).toEqual(["refused", 1, { draft: "bad" }]);
  saver.change({ draft: "good" });
  await vi.advanceTimersByTimeAsync(100);
  expect(calls).toMatchObject([{}, { changes: { draft: "good" } }]);
});

test("flush does not wait for quiet, and ends when all is saved", async () => {
  const { saver, calls, answer } = world();
  saver.change({ draft: "a" });
  const done = saver.flush();
  expect(calls).toHaveLength(1);
  await answer({ revision: 2 });
  await done;
  expect(saver.state).toBe("saved");
});
