/** What is new, told by the server over one socket. Hints may be lost: after every gap `resumed` asks all to look again. */

import { useEffect, useEffectEvent } from "react";

export interface Hints {
  "inbox.changed": { conversations: readonly { id: string; seq: number; revision: number }[] };
  /** The member has read these conversations, perhaps on another machine. */
  "inbox.read": { conversations: readonly { id: string; seq: number }[] };
  /** Another member looks at a conversation, writes in it, or has left it. */
  "inbox.presence": { conversation: string; doing: Doing; member: { id: string; name: string } };
  "notifications.changed": object;
  /** The socket is open again after a gap: whatever was shown may be old. */
  resumed: object;
  /** Whether the socket is open. */
  connected: { open: boolean };
}

/** What a member does with a conversation. */
export type Doing = "viewing" | "typing" | "left";

type Listener<Type extends keyof Hints> = (hint: Hints[Type]) => void;

const PATH = "/ws/inbox/";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** The server's words for "not signed in" and "not allowed": asking again would not help. */
const REFUSED = new Set([4401, 4403]);

/** Milliseconds to wait before trying again, a little apart for each browser so that they do not all come at once. */
export function waitBefore(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return whole / 2 + (random() * whole) / 2;
}

class Live {
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private wanted = false;
  private openedBefore = false;
  private readonly listeners = new Map<string, Set<(hint: never) => void>>();
  isOpen = false;

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    window.addEventListener("online", this.now);
    document.addEventListener("visibilitychange", this.now);
    this.connect();
  }

  stop(): void {
    this.wanted = false;
    this.openedBefore = false;
    window.removeEventListener("online", this.now);
    document.removeEventListener("visibilitychange", this.now);
    clearTimeout(this.timer);
    this.socket?.close();
  }

  on<Type extends keyof Hints>(type: Type, listener: Listener<Type>): () => void {
    const known = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, known.add(listener));
    return () => known.delete(listener);
  }

  /** Tells the other members; while the socket is not open, nobody. */
  say(doing: Doing, conversation: string): void {
    if (this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: doing, conversation }));
  }

  private tell<Type extends keyof Hints>(type: Type, hint: Hints[Type]): void {
    (this.listeners.get(type) as Set<Listener<Type>> | undefined)?.forEach((listener) => listener(hint));
  }

  private readonly now = (): void => {
    if (!this.wanted || this.socket !== undefined || document.visibilityState === "hidden") return;
    clearTimeout(this.timer);
    this.connect();
  };

  private connect(): void {
    const socket = new WebSocket(
      `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${PATH}`,
    );
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.setOpen(true);
      if (this.openedBefore) this.tell("resumed", {});
      this.openedBefore = true;
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      const hint = JSON.parse(message.data) as { type: keyof Hints } & Hints[keyof Hints];
      this.tell(hint.type, hint);
    };
    socket.onclose = (event) => {
      this.socket = undefined;
      this.setOpen(false);
      if (!this.wanted || REFUSED.has(event.code)) return;
      this.timer = setTimeout(() => this.connect(), waitBefore(this.failures++));
    };
  }

  private setOpen(open: boolean): void {
    if (open === this.isOpen) return;
    this.isOpen = open;
    this.tell("connected", { open });
  }
}

export const live = new Live();

/** Calls `listener` for every hint of a type while the component is shown. */
export function useHint<Type extends keyof Hints>(type: Type, listener: Listener<Type>): void {
  const latest = useEffectEvent(listener);
  useEffect(() => live.on(type, (hint) => latest(hint)), [type]);
}
