/** A predicate as one sentence in the reader's language. */

import type { TFunction } from "i18next";

import type { Format } from "@/lib/format";

import { type Catalogue, fieldAt, shapeOf } from "./catalogue";
import { childrenOf, kindOf } from "./edit";
import type { Comparison, ComparisonValue, Occurrences, Predicate } from "./types";
import { durationText } from "./windows";

interface Words {
  readonly t: TFunction<"predicate">;
  readonly format: Format;
  readonly catalogue: Catalogue;
  readonly title: (path: string) => string;
}

function isOccurrences(value: ComparisonValue | undefined): value is Occurrences {
  return typeof value === "object" && value !== null && "event_type" in value;
}

function scalar(value: ComparisonValue | undefined, { t, format }: Words): string {
  if (value === undefined || value === null) return t("value.none");
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (typeof value === "number") return format.number(value);
  if (typeof value !== "string") return "";
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return format.date(`${value}T12:00:00`);
  if (/^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value))) return format.dateTime(value);
  return `“${value}”`;
}

function occurrences({ event_type, within, at_least = 1, at_most }: Occurrences, words: Words): string {
  const { t } = words;
  const asked = { event: event_type || "…", within: durationText(within, t) };
  if (at_most === 0) return t("times.never", asked);
  if (at_most !== undefined && at_most !== null)
    return t("times.between", { ...asked, least: at_least, most: at_most });
  return t("times.least", { ...asked, count: at_least });
}

function comparison(line: Comparison, words: Words): string {
  const { t, title, catalogue, format } = words;
  const field = title(fieldAt(catalogue, line.field).path);
  if (isOccurrences(line.value))
    return t("phrases.performed", { field, value: occurrences(line.value, words) });
  if (shapeOf(catalogue, line.op) === "duration")
    return t(`phrases.${line.op}`, { field, value: durationText(String(line.value), t) });
  if (Array.isArray(line.value)) {
    const values = (line.value as readonly ComparisonValue[]).map((each) => scalar(each, words));
    const [from = "", to = ""] = values;
    const list = new Intl.ListFormat(format.locale, { type: "disjunction" }).format(values);
    return t(`phrases.${line.op}`, { field, value: list, from, to });
  }
  return t(`phrases.${line.op}`, { field, value: scalar(line.value, words) });
}

/** The sentence; groups within groups stand in brackets. */
export function sentence(node: Predicate, words: Words, nested = false): string {
  const { t } = words;
  if ("not" in node) return t("not", { what: sentence(node.not, words, true) });
  const kind = kindOf(node);
  if (kind === null) return comparison(node as Comparison, words);
  const parts = (childrenOf(node) ?? []).map((child) => sentence(child, words, true));
  if (parts.length === 0) return t(kind === "all" ? "always" : "never");
  const joined = parts.join(` ${t(kind === "all" ? "and" : "or")} `);
  return nested && parts.length > 1 ? `(${joined})` : joined;
}
