/** The events that the timeline has words for, and what of an event is shown as it was said. Pure. */

const TOLD = [
  "USER_CREATED",
  "USER_UPDATED",
  "USER_OPTED_OUT",
  "USER_OPTED_IN",
  "TAG_ADDED",
  "TAG_REMOVED",
  "NOTE_ADDED",
  "SEGMENT_ENTERED",
  "SEGMENT_LEFT",
  "CONTACT_MERGED",
  "CONTACT_DATE_REACHED",
  "MESSAGE_RECEIVED",
  "MESSAGE_SENT",
  "MESSAGE_FAILED",
  "MESSAGE_EDITED",
  "MESSAGE_DELETED",
  "CONVERSATION_OPENED",
  "CONVERSATION_CLOSED",
  "CONVERSATION_ASSIGNED",
  "CONVERSATION_CONTROL_CHANGED",
  "CONVERSATION_TIME_REACHED",
  "WORKFLOW_STARTED_MANUALLY",
  "WORKFLOW_CALLED",
  "WORKFLOW_EXECUTION_FAILED",
  "ACTION_REQUESTED",
  "APPROVAL_REQUESTED",
  "APPROVAL_DECIDED",
  "WEBHOOK_RECEIVED",
  "SCHEDULE_DUE",
] as const;

type Told = (typeof TOLD)[number];

export function isTold(type: string): type is Told {
  return TOLD.some((known) => known === type);
}

const LONGEST = 280;

/** A message's or a note's own words, or the reason that was given. */
export function quoteOf(entry: { readonly data: Readonly<Record<string, unknown>> }): string {
  const said = ["content", "text", "reason", "error"].map((name) => entry.data[name]);
  const text = said.find((each): each is string => typeof each === "string" && each.trim() !== "") ?? "";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
