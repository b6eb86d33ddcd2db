/** Conversations and messages for tests. */

import type { Conversation, Message, MessagePiece } from "./types";

const BEGIN = Date.parse("2026-03-20T09:00:00Z");

/** A message of the customer; a minute lies between one number and the next. */
export function messageOf(seq: number, changes: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    conversation_id: "c1",
    seq,
    revision: 100 + seq,
    direction: "in",
    type: "text",
    text: `رسالة ${seq}`,
    data: {},
    media: [],
    reply_to: "",
    quoted: null,
    reactions: [],
    author: "contact",
    author_shown: { kind: "contact", id: "", name: "" },
    provider_message_id: `p${seq}`,
    state: "sent",
    error: "",
    failure: null,
    send: null,
    sent_at: new Date(BEGIN + seq * 60_000).toISOString(),
    delivered_at: null,
    read_at: null,
    edited_at: null,
    revoked_at: null,
    ...changes,
  };
}

export function messagesOf(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => messageOf(from + index));
}

export function pieceOf(results: Message[], revision: number, more = false): MessagePiece {
  return { results, revision, more, reload: false };
}

/** A conversation in which something was said `minute` minutes after the beginning. */
export function conversationOf(
  id: string,
  minute: number,
  changes: Partial<Conversation> = {},
): Conversation {
  return {
    id,
    channel: { id: "ch1", name: "واتساب", provider: "whatsapp" },
    contact: { id: `contact-${id}`, external_id: null, name: "أمينة", phone: "+213555010203" },
    recipient: "213555010203",
    status: "open",
    snoozed_until: null,
    control: "bot",
    controlled_by: "",
    controlled_at: null,
    assignee_id: null,
    assignee: null,
    labels: [],
    unread_count: 0,
    revision: 1,
    last_seq: 1,
    last_in_seq: 1,
    last_message: null,
    last_message_at: new Date(BEGIN + minute * 60_000).toISOString(),
    last_inbound_at: null,
    window_closes_at: null,
    created_at: new Date(BEGIN).toISOString(),
    closed_at: null,
    ...changes,
  };
}
