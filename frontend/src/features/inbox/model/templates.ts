/** Provider's message templates for people. Pure. */

import type { MessageTemplate } from "./types";

/** The text of a template, with its gaps as they are. */
export function bodyOf(template: MessageTemplate): string {
  return template.components.find(({ type }) => type.toUpperCase() === "BODY")?.text ?? template.name;
}

/** The name of a provider's language code such as `ar` or `en_US`, in the reader's language. */
export function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(code.replace("_", "-")) ?? code;
  } catch {
    return code;
  }
}
