import { render } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { keyOf, useShortcuts, type Shortcut } from "./shortcuts";

function Page({ shortcuts }: { shortcuts: Shortcut[] }) {
  useShortcuts(shortcuts);
  return <input aria-label="text" />;
}

const shortcut = (keys: string, run: () => void, more: Partial<Shortcut> = {}): Shortcut => ({
  keys,
  run,
  label: keys,
  group: "test",
  ...more,
});

function press(target: EventTarget, init: KeyboardEventInit): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
}

test("on an Arabic keyboard the key's place counts", () => {
  const event = { key: "ؤ", code: "KeyC", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  expect(keyOf(event)).toBe("c");
  expect(keyOf({ ...event, key: "?", code: "Slash", shiftKey: true })).toBe("?");
  expect(keyOf({ ...event, key: "K", code: "KeyK", ctrlKey: true, shiftKey: true })).toBe("mod+shift+k");
});

test("two keys one after the other, and neither alone", () => {
  const run = vi.fn();
  render(<Page shortcuts={[shortcut("g i", run)]} />);
  press(document.body, { key: "i", code: "KeyI" });
  expect(run).not.toHaveBeenCalled();
  press(document.body, { key: "g", code: "KeyG" });
  press(document.body, { key: "i", code: "KeyI" });
  expect(run).toHaveBeenCalledOnce();
});

test("letters that somebody writes are no shortcuts", () => {
  const [letter, save] = [vi.fn(), vi.fn()];
  const { getByLabelText } = render(
    <Page shortcuts={[shortcut("c", letter), shortcut("mod+enter", save, { whileTyping: true })]} />,
  );
  press(getByLabelText("text"), { key: "c", code: "KeyC" });
  press(getByLabelText("text"), { key: "Enter", code: "Enter", ctrlKey: true });
  expect(letter).not.toHaveBeenCalled();
  expect(save).toHaveBeenCalledOnce();
});

test("what stands nearer wins, and is gone with its component", () => {
  const [outer, inner] = [vi.fn(), vi.fn()];
  render(<Page shortcuts={[shortcut("e", outer)]} />);
  const { unmount } = render(<Page shortcuts={[shortcut("e", inner)]} />);
  press(document.body, { key: "e", code: "KeyE" });
  unmount();
  press(document.body, { key: "e", code: "KeyE" });
  expect([inner.mock.calls.length, outer.mock.calls.length]).toEqual([1, 1]);
});
