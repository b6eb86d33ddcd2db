/** What is wrong with a value, in the reader's words. */

import type { TFunction } from "i18next";

import type { Format } from "@/lib/format";

import type { SchemaProblem } from "./validation";

/** The words of each keyword; a text or list of which at least one is wanted is simply missing. */
const WORDS: Readonly<Record<string, string>> = {
  required: "required",
  type: "type",
  enum: "choice",
  const: "choice",
  format: "format",
  pattern: "pattern",
  minLength: "minLength",
  maxLength: "maxLength",
  minimum: "minimum",
  maximum: "maximum",
  exclusiveMinimum: "exclusiveMinimum",
  exclusiveMaximum: "exclusiveMaximum",
  minItems: "minItems",
  maxItems: "maxItems",
  minProperties: "minItems",
  maxProperties: "maxItems",
  uniqueItems: "uniqueItems",
  false: "unknown",
};

const ONE_IS_REQUIRED = new Set(["minLength", "minItems", "minProperties"]);

export function worded(
  { keyword, limit }: SchemaProblem,
  t: TFunction<"schema-form">,
  format: Format,
): string {
  if (ONE_IS_REQUIRED.has(keyword) && limit === 1) return t("errors.required");
  const shown = typeof limit === "number" ? format.number(limit) : String(limit);
  const count = typeof limit === "number" ? limit : 0;
  return t(`errors.${WORDS[keyword] ?? "invalid"}`, { limit: shown, count });
}
