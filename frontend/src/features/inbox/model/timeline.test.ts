import { expect, test } from "vitest";

import { messageOf } from "./examples";
import { firstUnread, itemsOf, type Item, type TimelineInput } from "./timeline";
import { dayFormat } from "./days";
import type { Message, TimelineEvent } from "./types";

const eventAt = (id: string, minute: number, type = "CONVERSATION_ASSIGNED"): TimelineEvent => {
  const at = messageOf(minute).sent_at;
  return {
    id,
    type,
    kind: "conversation",
    title: { key: "", label: "", params: {} },
    occurred_at: at,
    recorded_at: at,
    conversation_id: "c1",
    actor: "system",
    data: {},
  };
};

function items(messages: Message[], changes: Partial<TimelineInput> = {}): readonly Item[] {
  const base = {
    pending: [],
    events: [],
    older: false,
    unreadFrom: null,
    dayOf: dayFormat("Africa/Algiers"),
  };
  return itemsOf({ messages, ...base, ...changes });
}
const shape = (list: readonly Item[]): string[] =>
  list.map((item) =>
    item.kind === "message"
      ? `${item.message.seq}${item.first ? "<" : ""}${item.last ? ">" : ""}`
      : item.kind,
  );

test("bursts: one author, shortly after one another", () => {
  const answer = messageOf(3, { direction: "out", author: "member:1" });
  expect(shape(items([messageOf(1), messageOf(2), answer, messageOf(4), messageOf(30)]))).toEqual([
    "day",
    "1<",
    "2>",
    "3<>",
    "4<>",
    "30<>",
  ]);
});

test("days by the tenant's clock", () => {
  const late = messageOf(1, { sent_at: "2026-03-20T22:59:00Z" });
  const next = messageOf(2, { sent_at: "2026-03-20T23:01:00Z" });
  expect(shape(items([late, next]))).toEqual(["day", "1<>", "day", "2<>"]);
});

test("what happened stands between the messages and breaks bursts; other events are not told", () => {
  const events = [eventAt("e2", 9), eventAt("e1", 2), eventAt("e3", 2, "TAG_ADDED")];
  expect(shape(items([messageOf(1), messageOf(3)], { events }))).toEqual([
    "day",
    "1<>",
    "event",
    "3<>",
    "event",
  ]);
});

test("what happened before the first loaded message comes with the older ones", () => {
  expect(shape(items([messageOf(5)], { events: [eventAt("e1", 2)], older: true }))).toEqual(["day", "5<>"]);
});

test("the unread begins at its first message, whose burst it breaks", () => {
  expect(shape(items([messageOf(1), messageOf(2), messageOf(3)], { unreadFrom: 2 }))).toEqual([
    "day",
    "1<>",
    "unread",
    "2<",
    "3>",
  ]);
});

test("reactions are no messages of their own, and are not counted as unread", () => {
  const reaction = messageOf(3, { type: "reaction", text: "❤️" });
  expect(shape(items([messageOf(1), reaction]))).toEqual(["day", "1<>"]);
  expect(firstUnread([messageOf(1), messageOf(2), reaction], 1)).toBe(2);
  expect(firstUnread([messageOf(5)], 9)).toBe(5);
  expect(firstUnread([messageOf(5)], 0)).toBeNull();
});
