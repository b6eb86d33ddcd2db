import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { CatchUp } from "./catchUp";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Questions that are answered by hand. */
function questions() {
  const open: { answer: () => void; fail: () => void }[] = [];
  const ask = vi.fn(
    () =>
      new Promise<void>((resolve, reject) => {
        open.push({ answer: resolve, fail: () => reject(new Error("502")) });
      }),
  );
  return { ask, open };
}

test("hints that come while a question is open make one more, after it", async () => {
  const { ask, open } = questions();
  const catchUp = new CatchUp(ask, 100);
  catchUp.request();
  catchUp.request();
  catchUp.request();
  expect(ask).toHaveBeenCalledTimes(1);
  open[0]?.answer();
  await vi.advanceTimersByTimeAsync(100);
  expect(ask).toHaveBeenCalledTimes(2);
  open[1]?.answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("a flood of hints asks no more often than the pause allows", async () => {
  const ask = vi.fn(() => Promise.resolve());
  const catchUp = new CatchUp(ask, 250);
  for (let hint = 0; hint < 100; hint++) {
    catchUp.request();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(ask.mock.calls.length).toBeLessThanOrEqual(5);
});

test("what failed is asked again until it is answered, without a further hint", async () => {
  const { ask, open } = questions();
  const catchUp = new CatchUp(ask, 100);
  catchUp.request();
  open[0]?.fail();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ask).toHaveBeenCalledTimes(2);
  open[1]?.answer();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("nothing is asked once it is stopped", async () => {
  const { ask, open } = questions();
  const catchUp = new CatchUp(ask, 100);
  catchUp.request();
  catchUp.request();
  catchUp.stop();
  open[0]?.answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ask).toHaveBeenCalledTimes(1);
});
