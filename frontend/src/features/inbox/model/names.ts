/** What people are called. Pure. */

import type { Schema } from "@/lib/api";
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

interface Address {
  readonly provider: string;
  readonly address: string;
}

/** Where a contact can be written to, as people write it; what several identities share stands once. */
export function addressesOf(identities: readonly Schema<"Identity">[]): readonly Address[] {
  const shown = identities.map(({ provider, username, phone, provider_user_id: id }): Address => {
    const named = username === "" ? phone && formatPhone(phone) : `@${username}`;
    return { provider, address: named || id };
  });
  return [...new Map(shown.map((each) => [`${each.provider} ${each.address}`, each])).values()];
}
