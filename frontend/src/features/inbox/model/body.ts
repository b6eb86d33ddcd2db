/** Messages as the API takes them. Pure. */

import type { NewMessage } from "./types";

/** A message of these parts, without the others. */
export function messageBody(parts: Partial<NewMessage>): NewMessage {
  return {
    text: "",
    media_url: "",
    media_type: "image",
    template: null,
    template_id: null,
    reply_to: "",
    reply_to_message_id: null,
    ...parts,
  };
}
