/** Under which keys the cache holds what the inbox shows. */

import type { Filters } from "../model/filters";

export const keys = {
  lists: ["inbox", "list"],
  list: (filters: Filters) => ["inbox", "list", filters],
  counts: ["inbox", "counts"],
  views: ["inbox", "views"],
  labels: ["inbox", "labels"],
  channels: ["inbox", "channels"],
  members: ["inbox", "members"],
  conversation: (id: string) => ["inbox", "conversation", id],
  thread: (id: string) => ["inbox", "thread", id],
  scheduled: (id: string) => ["inbox", "scheduled", id],
  allEvents: ["inbox", "events"],
  events: (contactId: string, conversationId: string) => ["inbox", "events", contactId, conversationId],
} as const;
