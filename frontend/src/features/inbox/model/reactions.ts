/** Our emoji on a message, shown before the server has said so. Pure. */

import type { Thread } from "./thread";
import type { Message } from "./types";

/** With our emoji on a message in place of the one before; an empty one takes it away. */
export function withReaction(thread: Thread, messageId: string, emoji: string): Thread {
  const change = (message: Message): Message => {
    const others = message.reactions.filter(({ direction }) => direction !== "out");
    const own = { emoji, direction: "out" as const, author: { kind: "member" as const, id: "", name: "" } };
    return { ...message, reactions: emoji === "" ? others : [...others, own] };
  };
  return {
    ...thread,
    messages: thread.messages.map((message) => (message.id === messageId ? change(message) : message)),
  };
}
