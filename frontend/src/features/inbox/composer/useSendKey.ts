/** Which key sends: Enter, or Enter with Ctrl (⌘). Remembered on this machine. */

import { useLocalStorage } from "@mantine/hooks";

export type SendKey = "enter" | "mod";

export function useSendKey(): readonly [SendKey, (key: SendKey) => void] {
  const [key, setKey] = useLocalStorage<SendKey>({
    key: "wasl-send-key",
    defaultValue: "enter",
    getInitialValueInEffect: false,
  });
  return [key === "mod" ? "mod" : "enter", setKey];
}

type Pressed = Pick<React.KeyboardEvent, "shiftKey" | "ctrlKey" | "metaKey">;

/** Whether this Enter sends; with Shift it never does. */
export function sendsOnEnter(event: Pressed, key: SendKey): boolean {
  const mod = event.ctrlKey || event.metaKey;
  return !event.shiftKey && (mod || key === "enter");
}
