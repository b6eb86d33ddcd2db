/** A thread as it is read: days, bursts of one author, what happened besides, where the unread begins. Pure. */

import type { Pending } from "./thread";
import type { Message, TimelineEvent } from "./types";

export type Item =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "unread"; readonly key: string }
  | { readonly kind: "event"; readonly key: string; readonly event: TimelineEvent }
  | {
      readonly kind: "message";
      readonly key: string;
      readonly message: Message;
      /** Whether it opens and closes a burst: messages of one author, shortly after one another. */
      readonly first: boolean;
      readonly last: boolean;
    }
  | { readonly kind: "pending"; readonly key: string; readonly pending: Pending };

const BURST_MS = 5 * 60_000;

/** The types of events that stand in a thread as a line of their own. */
export const TOLD: ReadonlySet<string> = new Set([
  "CONVERSATION_CLOSED",
  "CONVERSATION_ASSIGNED",
  "CONVERSATION_CONTROL_CHANGED",
]);

export interface TimelineInput {
  readonly messages: readonly Message[];
  readonly pending: readonly Pending[];
  readonly events: readonly TimelineEvent[];
  /** Whether the thread has earlier messages that are not here. */
  readonly older: boolean;
  /** The number of the first unread message, if there is one. */
  readonly unreadFrom: number | null;
  /** The day of a moment, such as `2026-03-21`, on the tenant's clock. */
  readonly dayOf: (moment: string) => string;
}

function sameBurst(one: Message, other: Message): boolean {
  return (
    one.author === other.author &&
    one.direction === other.direction &&
    one.type !== "system" &&
    other.type !== "system" &&
    Math.abs(Date.parse(other.sent_at) - Date.parse(one.sent_at)) < BURST_MS
  );
}

export function itemsOf(input: TimelineInput): readonly Item[] {
  // Reactions stand on the messages that they are about.
  const messages = input.messages.filter((message) => message.type !== "reaction");
  const begin = input.older ? Date.parse(messages[0]?.sent_at ?? "") : Number.NEGATIVE_INFINITY;
  const events = input.events
    .filter((event) => TOLD.has(event.type) && Date.parse(event.occurred_at) >= begin)
    .sort((one, other) => Date.parse(one.occurred_at) - Date.parse(other.occurred_at));
  const items: Item[] = [];
  let day = "";
  let unread = input.unreadFrom;
  const open = (at: string): void => {
    const today = input.dayOf(at);
    if (today !== day) items.push({ kind: "day", key: `day:${today}`, at });
    day = today;
  };
  const tellBefore = (moment: number): boolean => {
    let told = false;
    for (
      let event = events[0];
      event !== undefined && Date.parse(event.occurred_at) < moment;
      event = events[0]
    ) {
      open(event.occurred_at);
      items.push({ kind: "event", key: event.id, event });
      events.shift();
      told = true;
    }
    return told;
  };
  let burst: Message | undefined;
  for (const message of messages) {
    const told = tellBefore(Date.parse(message.sent_at));
    const before = day;
    open(message.sent_at);
    const divided = unread !== null && message.seq >= unread;
    if (divided) {
      items.push({ kind: "unread", key: "unread" });
      unread = null;
    }
    const first = told || divided || day !== before || burst === undefined || !sameBurst(burst, message);
    const previous = items.at(-1);
    if (!first && previous?.kind === "message") items[items.length - 1] = { ...previous, last: false };
    items.push({ kind: "message", key: message.id, message, first, last: true });
    burst = message;
  }
  tellBefore(Number.POSITIVE_INFINITY);
  for (const pending of input.pending) {
    open(pending.createdAt);
    items.push({ kind: "pending", key: pending.key, pending });
  }
  return items;
}

/** The number of the first of the customer's newest `count` messages: where the unread begins. */
export function firstUnread(messages: readonly Message[], count: number): number | null {
  if (count === 0) return null;
  const inbound = messages.filter(({ direction, type }) => direction === "in" && type !== "reaction");
  return (inbound.at(-count) ?? inbound[0])?.seq ?? null;
}
