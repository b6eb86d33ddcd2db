/** What people are called. Pure. */

import { formatPhone } from "@/lib/phone";

interface Named {
  readonly name: string;
  readonly phone: string;
}

/** The contact's name, else the phone number as its country writes it; `null` for who has neither. */
export function nameOf(contact: Named): string | null {
  if (contact.name.trim() !== "") return contact.name;
  return contact.phone === "" ? null : formatPhone(contact.phone);
}
