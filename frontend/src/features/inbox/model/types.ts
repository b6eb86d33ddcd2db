/** The shapes of the inbox, as the API names them. */

import type { Schema } from "@/lib/api";

export type Conversation = Schema<"Conversation">;
export type ConversationDetail = Schema<"ConversationDetail">;
export type Label = Schema<"Label">;
export type Message = Schema<"Message">;
export type MessagePiece = Schema<"MessagePiece">;
export type Media = Schema<"Media">;
export type NewMessage = Schema<"NewMessageBody">;
export type Scheduled = Schema<"Scheduled">;
export type SavedView = Schema<"SavedView">;
export type MessageTemplate = Schema<"MessageTemplate">;
export type TimelineEvent = Schema<"TimelineEvent">;
export type Status = Conversation["status"];

/** What a hint says of a conversation. */
export interface ConversationHint {
  readonly id: string;
  readonly seq: number;
  readonly revision?: number;
}

/** A page of a list, with the revision from before it was asked for. */
export interface ConversationPage {
  readonly results: readonly Conversation[];
  readonly next: string | null;
  readonly revision: number;
}

/** What has changed in a list. */
export type ConversationChanges = Pick<Schema<"Changes">, "results" | "gone" | "revision">;

/** What somebody has begun to write. */
export interface Draft {
  readonly text: string;
  /** Whether it is to be a private note. */
  readonly note: boolean;
}
