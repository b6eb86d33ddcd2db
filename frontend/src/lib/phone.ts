/** Phone numbers as people write them. A module of its own, because the countries' rules weigh much. */

import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** An E.164 number spaced as its country does; other text as it is. */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
